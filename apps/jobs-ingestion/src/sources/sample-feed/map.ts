import { employmentTypeOf } from '../../normalise/domain/employment-type.js';
import { LIMITS } from '../../normalise/domain/posting.js';
import { remoteModeOfLabel } from '../../normalise/domain/remote-mode.js';
import { type Salary, salaryPeriodOf, statedSalary } from '../../salary/domain/salary.js';
import type { SourceFlag } from '../../visa/domain/visa-verdict.js';
import { asArray, asLine, asLines, asNumber, asObject } from '../shared/json.js';
import type { PostingDraft } from '../shared/posting-draft.js';

const DAY_MS = 86_400_000;
/** Behind every name, so that nobody takes an invented employer for a real one that happens to be called the same. */
const FICTIONAL = ' (fictional)';

/** `posted_days_ago` counts back from today; `description` is a list of lines, plain or HTML. */
export function mapSampleFeed(value: unknown, now: Date): PostingDraft | null {
  const item = asObject(value);
  if (!item) return null;
  const company = asLine(item['company'], LIMITS.company - FICTIONAL.length);
  const url = asLine(item['url'], LIMITS.url);
  return {
    sourceId: asLine(item['id'], LIMITS.id),
    title: asLine(item['title'], LIMITS.title),
    company: company === null ? null : company + FICTIONAL,
    locationText: asLine(item['location'], LIMITS.location),
    remote: remoteModeOfLabel(asLine(item['workplace'], LIMITS.tag)),
    salary: salaryOf(item['salary']),
    salaryText: asLine(item['salary_text'], LIMITS.title),
    employmentType: employmentTypeOf(asLine(item['employment'], LIMITS.tag)),
    levelHint: asLine(item['level'], LIMITS.tag),
    tags: asLines(item['tags'], LIMITS.tag),
    visaFlag: flagOf(item['visa_flag']),
    description: descriptionOf(item['description']),
    postedAt: dayBefore(now, asNumber(item['posted_days_ago'])),
    applyUrl: url,
    listingUrl: url,
    raw: value,
  };
}

function salaryOf(value: unknown): Salary | null {
  const salary = asObject(value);
  if (!salary) return null;
  return statedSalary({
    min: asNumber(salary['min']),
    max: asNumber(salary['max']),
    currency: asLine(salary['currency'], 3),
    period: salaryPeriodOf(asLine(salary['period'], LIMITS.tag)),
  });
}

function flagOf(value: unknown): SourceFlag | null {
  const says = asLine(value, LIMITS.tag);
  if (says !== 'offers' && says !== 'refuses') return null;
  return { says, basis: 'field', statement: `visa sponsorship: ${says}` };
}

/** Lines keep their breaks: blank ones separate paragraphs. */
const descriptionOf = (value: unknown): string | null => {
  const lines = (asArray(value) ?? []).filter((line) => typeof line === 'string');
  return lines.length === 0 ? null : lines.join('\n');
};

/** Midnight UTC, so that two runs of one day agree and nothing lies in the future. */
const dayBefore = (now: Date, days: number | null): string | null =>
  days === null ? null : new Date((Math.floor(now.getTime() / DAY_MS) - days) * DAY_MS).toISOString();
