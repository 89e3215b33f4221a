import { LIMITS } from '../../normalise/domain/posting.js';
import { employmentTypeOf } from '../../normalise/domain/employment-type.js';
import { asArray, asLine, asObject, asText } from '../shared/json.js';
import type { PostingDraft } from '../shared/posting-draft.js';

const ANYWHERE = /^flexible\s*\/\s*remote$/i;

/** No salary anywhere; hours only as the level "Internship"; remote work only as the place "Flexible / Remote". */
export function mapTheMuse(value: unknown): PostingDraft | null {
  const item = asObject(value);
  if (!item) return null;
  const places = namesIn(item['locations']);
  const levels = namesIn(item['levels']);
  const url = asLine(asObject(item['refs'])?.['landing_page'], LIMITS.url);
  return {
    sourceId: asLine(item['id'], LIMITS.id),
    title: asText(item['name']),
    company: asText(asObject(item['company'])?.['name']),
    locationText: places.join('; ') || null,
    remote: places.some((place) => ANYWHERE.test(place)) ? 'remote' : null,
    employmentType: employmentTypeOf(...levels) === 'internship' ? 'internship' : null,
    levelHint: levels.join(', ') || null,
    description: asText(item['contents']),
    postedAt: item['publication_date'],
    applyUrl: url,
    listingUrl: url,
    raw: value,
  };
}

const namesIn = (value: unknown): string[] =>
  (asArray(value) ?? []).map((one) => asLine(asObject(one)?.['name'], LIMITS.tag)).filter((name) => name !== null);
