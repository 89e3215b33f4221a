import { LIMITS } from '../../normalise/domain/posting.js';
import { employmentTypeOf } from '../../normalise/domain/employment-type.js';
import { remoteModeOfLabel, type RemoteMode } from '../../normalise/domain/remote-mode.js';
import { readCountry } from '../../places/domain/place.js';
import { salaryPeriodOf, statedSalary, type Salary } from '../../salary/domain/salary.js';
import type { Board } from '../shared/board-source.js';
import { asArray, asBoolean, asLine, asNumber, asObject, asText, type JsonObject } from '../shared/json.js';
import type { PostingDraft } from '../shared/posting-draft.js';
import { NOT_LISTED } from '../source.port.js';

/** Unlisted jobs are only for people with the link. The employer's name is nowhere in the answer. */
export function mapAshby(value: unknown, board: Board): PostingDraft | string | null {
  const item = asObject(value);
  if (!item) return null;
  if (item['isListed'] === false) return NOT_LISTED;
  const compensation = asObject(item['compensation']);
  const country = asLine(asObject(asObject(item['address'])?.['postalAddress'])?.['addressCountry'], LIMITS.tag);
  return {
    sourceId: asLine(item['id'], LIMITS.id),
    board: board.token,
    title: asText(item['title']),
    company: board.company,
    locationText: placesOf(item).join('; ') || null,
    statedCountry: readCountry(country),
    remote: remoteOf(item),
    // "FullTime" is one word.
    employmentType: employmentTypeOf(asLine(item['employmentType'], LIMITS.tag)?.replace(/(?<=[a-z])(?=[A-Z])/g, ' ')),
    salary: salaryOf(compensation),
    salaryText: asLine(compensation?.['scrapeableCompensationSalarySummary'], LIMITS.location),
    description: asText(item['descriptionHtml']) ?? asText(item['descriptionPlain']),
    postedAt: item['publishedAt'],
    applyUrl: asLine(item['applyUrl'], LIMITS.url) ?? asLine(item['jobUrl'], LIMITS.url),
    listingUrl: asLine(item['jobUrl'], LIMITS.url),
    raw: value,
  };
}

const placesOf = (item: JsonObject): string[] =>
  [item['location'], ...(asArray(item['secondaryLocations']) ?? []).map((one) => asObject(one)?.['location'])]
    .map((place) => asLine(place, LIMITS.location))
    .filter((place) => place !== null);

/** `workplaceType` says more than `isRemote`, which is true for hybrid jobs as well and may be null. */
function remoteOf(item: JsonObject): RemoteMode | null {
  const workplace = asLine(item['workplaceType'], LIMITS.tag)?.replace(/^OnSite$/i, 'on-site');
  return remoteModeOfLabel(workplace) ?? (asBoolean(item['isRemote']) === true ? 'remote' : null);
}

/** The component that is salary: equity and bonus are listed beside it. */
function salaryOf(compensation: JsonObject | null): Salary | null {
  for (const entry of asArray(compensation?.['summaryComponents']) ?? []) {
    const part = asObject(entry);
    if (part?.['compensationType'] !== 'Salary') continue;
    return statedSalary({
      min: asNumber(part['minValue']),
      max: asNumber(part['maxValue']),
      currency: asLine(part['currencyCode'], 3),
      period: salaryPeriodOf(asLine(part['interval'], LIMITS.tag)),
    });
  }
  return null;
}
