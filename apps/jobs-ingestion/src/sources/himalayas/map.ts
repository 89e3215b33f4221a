import { LIMITS } from '../../normalise/domain/posting.js';
import { employmentTypeOf } from '../../normalise/domain/employment-type.js';
import { salaryPeriodOf, statedSalary } from '../../salary/domain/salary.js';
import { asArray, asLine, asLines, asNumber, asObject, asText } from '../shared/json.js';
import type { PostingDraft } from '../shared/posting-draft.js';

/** Remote jobs only; an empty list of restrictions means worldwide; dates in seconds; `guid` is the id. */
export function mapHimalayas(value: unknown): PostingDraft | null {
  const item = asObject(value);
  if (!item) return null;
  const url = asLine(item['applicationLink'], LIMITS.url);
  const guid = asLine(item['guid'], LIMITS.id);
  return {
    sourceId: guid,
    title: asText(item['title']),
    company: asText(item['companyName']),
    companyLogo: asLine(item['companyLogo'], LIMITS.url),
    locationText: restrictionsOf(item['locationRestrictions']),
    remote: 'remote',
    salary: statedSalary({
      min: asNumber(item['minSalary']),
      max: asNumber(item['maxSalary']),
      currency: asLine(item['currency'], 3),
      period: salaryPeriodOf(asLine(item['salaryPeriod'], LIMITS.tag)),
    }),
    employmentType: employmentTypeOf(asLine(item['employmentType'], LIMITS.tag)),
    levelHint: asLines(item['seniority'], LIMITS.tag).join(', ') || null,
    description: asText(item['description']) ?? asText(item['excerpt']),
    postedAt: item['pubDate'],
    expiresAt: item['expiryDate'],
    applyUrl: url,
    listingUrl: guid,
    raw: value,
  };
}

function restrictionsOf(value: unknown): string | null {
  const list = asArray(value);
  if (list === null) return null;
  // Names, or objects with a name in newer answers.
  const names = list.map((one) => asLine(one, LIMITS.tag) ?? asLine(asObject(one)?.['name'], LIMITS.tag));
  return list.length === 0 ? 'Worldwide' : names.filter((name) => name !== null).join(', ') || null;
}
