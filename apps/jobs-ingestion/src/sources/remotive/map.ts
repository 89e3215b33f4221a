import { LIMITS } from '../../normalise/domain/posting.js';
import { employmentTypeOf } from '../../normalise/domain/employment-type.js';
import { asLine, asLines, asObject, asText } from '../shared/json.js';
import type { PostingDraft } from '../shared/posting-draft.js';

/** Every posting is remote; `candidate_required_location` says from where; dates have no zone and mean UTC. */
export function mapRemotive(value: unknown): PostingDraft | null {
  const item = asObject(value);
  if (!item) return null;
  const url = asLine(item['url'], LIMITS.url);
  return {
    sourceId: asLine(item['id'], LIMITS.id),
    title: asText(item['title']),
    company: asText(item['company_name']),
    companyLogo: asLine(item['company_logo_url'], LIMITS.url) ?? asLine(item['company_logo'], LIMITS.url),
    locationText: asText(item['candidate_required_location']),
    remote: 'remote',
    employmentType: employmentTypeOf(asLine(item['job_type'], LIMITS.tag)),
    salaryText: asLine(item['salary'], LIMITS.location),
    tags: asLines(item['tags'], LIMITS.tag),
    description: asText(item['description']),
    postedAt: item['publication_date'],
    applyUrl: url,
    listingUrl: url,
    raw: value,
  };
}
