import { LIMITS } from '../../normalise/domain/posting.js';
import { employmentTypeOf } from '../../normalise/domain/employment-type.js';
import { languageOfTag } from '../../normalise/domain/language.js';
import { remoteModeOfLabel } from '../../normalise/domain/remote-mode.js';
import { decodeEntities } from '../../normalise/domain/text.js';
import { statedSalary, type Salary, type SalaryPeriod } from '../../salary/domain/salary.js';
import type { Board } from '../shared/board-source.js';
import { asArray, asLine, asLines, asNumber, asObject, asText } from '../shared/json.js';
import type { PostingDraft } from '../shared/posting-draft.js';

/** `content` is escaped HTML. `updated_at` moves with every edit, `first_published` is the posting date. */
export function mapGreenhouse(value: unknown, board: Board): PostingDraft | null {
  const item = asObject(value);
  if (!item) return null;
  const location = asText(asObject(item['location'])?.['name']);
  const content = asText(item['content']);
  const url = asLine(item['absolute_url'], LIMITS.url);
  return {
    sourceId: asLine(item['id'], LIMITS.id),
    board: board.token,
    title: asText(item['title']),
    company: asText(item['company_name']) ?? board.company,
    locationText: location,
    remote: remoteModeOfLabel(
      answerTo(item['metadata'], /work ?(?:type|place|model|arrangement)|location type|remote/i),
      location,
    ),
    employmentType: employmentTypeOf(answerTo(item['metadata'], /employment|time type|contract type|commitment/i)),
    salary: salaryOf(item['pay_input_ranges']),
    languageHint: languageOfTag(asLine(item['language'], 10)),
    description: content === null ? null : decodeEntities(content.slice(0, LIMITS.html * 2)),
    postedAt: item['first_published'],
    updatedAt: item['updated_at'],
    expiresAt: item['application_deadline'],
    requisitionId: asLine(item['requisition_id'], LIMITS.id),
    applyUrl: url,
    listingUrl: url,
    raw: value,
  };
}

/** Boards keep their own fields in `metadata`, as name and value. */
function answerTo(metadata: unknown, question: RegExp): string | null {
  for (const entry of asArray(metadata) ?? []) {
    const field = asObject(entry);
    if (!question.test(asLine(field?.['name'], LIMITS.tag) ?? '')) continue;
    const answer = asLine(field?.['value'], LIMITS.tag) ?? asLines(field?.['value'], LIMITS.tag).join(', ');
    if (answer !== '') return answer;
  }
  return null;
}

/** The first range; several ranges are for several countries, the first is the posting's own. */
function salaryOf(ranges: unknown): Salary | null {
  const range = asObject(asArray(ranges)?.[0]);
  const [min, max] = [asNumber(range?.['min_cents']), asNumber(range?.['max_cents'])];
  const inUnits = (cents: number | null): number | null => (cents === null ? null : cents / 100);
  return statedSalary({
    min: inUnits(min),
    max: inUnits(max),
    currency: asLine(range?.['currency_type'], 3),
    period: periodOf(inUnits(min ?? max)),
  });
}

/** The API does not say: pay below 500 is by the hour, five digits and more by the year, between is not known. */
const periodOf = (amount: number | null): SalaryPeriod | null =>
  amount === null ? null : amount < 500 ? 'hour' : amount >= 10_000 ? 'year' : null;
