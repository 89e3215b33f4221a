import { SALARY_PERIODS } from '#contracts';

export type SalaryPeriod = (typeof SALARY_PERIODS)[number];

/** Pay before tax in major units. One of the bounds may be missing ("from 60,000 €"), never both. */
export interface Salary {
  min: number | null;
  max: number | null;
  /** ISO-4217. */
  currency: string;
  /** Null when the text does not say and the amount could be either. */
  period: SalaryPeriod | null;
  /** Computed by the source instead of stated by the employer. */
  isEstimated: boolean;
  /** The words it was read from; null when it came from structured fields. */
  evidence: string | null;
}

/** Above this nothing is a salary in any currency traded in job ads (COP and IDR reach tens of millions a month). */
const LARGEST = 1e10;

const CURRENCY = /^[A-Z]{3}$/;

const PERIOD_WORDS: ReadonlyMap<string, SalaryPeriod> = new Map(
  Object.entries({
    hour: 'hour|hourly|1 hour|per-hour-wage|hr|stunde',
    day: 'day|daily|1 day|per-day-wage',
    week: 'week|weekly|1 week|per-week-salary|per-week-wage',
    month: 'month|monthly|1 month|per-month-salary|monat',
    year: 'year|yearly|annual|annually|1 year|per-year-salary|jahr|annum',
  } as const).flatMap(([period, words]) =>
    words.split('|').map((word) => [word, SALARY_PERIODS.find((known) => known === period) ?? 'year'] as const),
  ),
);

/** A source's word for the period ("annual", "1 YEAR", "per-month-salary"). */
export const salaryPeriodOf = (word: string | null): SalaryPeriod | null =>
  word === null ? null : (PERIOD_WORDS.get(word.trim().toLowerCase()) ?? null);

export interface StatedSalary {
  min: number | null;
  max: number | null;
  currency: string | null;
  period: SalaryPeriod | null;
  isEstimated?: boolean;
}

/**
 * A salary from structured fields, or null when they state none: zero, negative and absurd amounts are how sources
 * say "nothing", and an amount without a currency cannot be compared. Swapped bounds are put right.
 */
export function statedSalary({ min, max, currency, period, isEstimated = false }: StatedSalary): Salary | null {
  const amounts = [usable(min), usable(max)].filter((amount) => amount !== null);
  const code = currency?.trim().toUpperCase() ?? '';
  if (amounts.length === 0 || !CURRENCY.test(code)) return null;
  const both = amounts.length === 2;
  return {
    min: both ? Math.min(...amounts) : usable(min),
    max: both ? Math.max(...amounts) : usable(max),
    currency: code,
    period,
    isEstimated,
    evidence: null,
  };
}

const usable = (amount: number | null): number | null =>
  amount !== null && Number.isFinite(amount) && amount > 0 && amount < LARGEST ? Math.round(amount * 100) / 100 : null;
