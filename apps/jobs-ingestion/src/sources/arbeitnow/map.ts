import { LIMITS } from '../../normalise/domain/posting.js';
import { employmentTypeOf } from '../../normalise/domain/employment-type.js';
import { asBoolean, asLine, asLines, asObject, asText } from '../shared/json.js';
import type { PostingDraft } from '../shared/posting-draft.js';

/** `created_at` is in seconds; the country is never given; `job_types` mixes hours and levels, German and English. */
export function mapArbeitnow(value: unknown): PostingDraft | null {
  const item = asObject(value);
  if (!item) return null;
  const types = asLines(item['job_types'], LIMITS.tag);
  return {
    sourceId: asLine(item['slug'], LIMITS.id),
    title: asText(item['title']),
    company: asText(item['company_name']),
    locationText: asText(item['location']),
    // False is the default of the form, so it is no statement that the job is on site.
    remote: asBoolean(item['remote']) === true ? 'remote' : null,
    employmentType: employmentTypeOf(...types),
    levelHint: types.join(', ') || null,
    tags: asLines(item['tags'], LIMITS.tag),
    description: asText(item['description']),
    postedAt: item['created_at'],
    applyUrl: asLine(item['url'], LIMITS.url),
    listingUrl: asLine(item['url'], LIMITS.url),
    raw: value,
  };
}
