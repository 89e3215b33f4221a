import { LIMITS } from '../../normalise/domain/posting.js';
import { employmentTypeOf } from '../../normalise/domain/employment-type.js';
import { remoteModeOfLabel } from '../../normalise/domain/remote-mode.js';
import { readCountry } from '../../places/domain/place.js';
import { salaryPeriodOf, statedSalary } from '../../salary/domain/salary.js';
import type { Board } from '../shared/board-source.js';
import { asArray, asLine, asLines, asNumber, asObject, asText, type JsonObject } from '../shared/json.js';
import type { PostingDraft } from '../shared/posting-draft.js';

/** `createdAt` is in milliseconds; the employer's name is nowhere in the answer; `commitment` is free text. */
export function mapLever(value: unknown, board: Board): PostingDraft | null {
  const item = asObject(value);
  if (!item) return null;
  const categories = asObject(item['categories']);
  const places = asLines(categories?.['allLocations'], LIMITS.location);
  const workplace = asLine(item['workplaceType'], LIMITS.tag);
  const range = asObject(item['salaryRange']);
  return {
    sourceId: asLine(item['id'], LIMITS.id),
    board: board.token,
    title: asText(item['text']),
    company: board.company,
    locationText: places.length > 0 ? places.join('; ') : asText(categories?.['location']),
    statedCountry: readCountry(asLine(item['country'], LIMITS.tag)),
    remote: workplace === 'unspecified' ? null : remoteModeOfLabel(workplace),
    employmentType: employmentTypeOf(asLine(categories?.['commitment'], LIMITS.tag)),
    salary: statedSalary({
      min: asNumber(range?.['min']),
      max: asNumber(range?.['max']),
      currency: asLine(range?.['currency'], 3),
      period: salaryPeriodOf(asLine(range?.['interval'], LIMITS.tag)),
    }),
    description: bodyOf(item),
    postedAt: item['createdAt'],
    applyUrl: asLine(item['applyUrl'], LIMITS.url) ?? asLine(item['hostedUrl'], LIMITS.url),
    listingUrl: asLine(item['hostedUrl'], LIMITS.url),
    raw: value,
  };
}

/** Introduction, each list under its heading, closing text; the plain forms where there is no HTML. */
function bodyOf(item: JsonObject): string | null {
  const lists = (asArray(item['lists']) ?? []).map((entry) => {
    const list = asObject(entry);
    const content = asText(list?.['content']);
    return content === null ? '' : `<h3>${asLine(list?.['text'], LIMITS.title) ?? ''}</h3><ul>${content}</ul>`;
  });
  const html = [asText(item['description']), ...lists, asText(item['additional'])].filter(Boolean).join('\n');
  if (html !== '') return html;
  return [asText(item['descriptionPlain']), asText(item['additionalPlain'])].filter(Boolean).join('\n\n') || null;
}
