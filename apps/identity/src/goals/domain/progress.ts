import type { Goal } from '#contracts';
import type { Day } from '../../profile/domain/time-zone.js';
import { addDays, nextStart, type Period, startOf } from './period.js';

/** What was added on one day, all entries together. */
export interface DayTotal {
  day: Day;
  value: number;
}

export interface Aim {
  target: number;
  period: Period;
}

/** How far a goal is on the day `today`, from its days in any order. */
export function progressOf(aim: Aim, days: readonly DayTotal[], today: Day): Pick<Goal, 'progress' | 'streak'> {
  const { period, target } = aim;
  const start = startOf(period, today);
  const value =
    period === 'total' ? sum(days) : sum(days.filter(({ day }) => startOf(period, day) === start && day <= today));
  const bounds =
    period === 'total'
      ? { period_start: null, period_end: null }
      : { period_start: start, period_end: addDays(nextStart(period, start), -1) };
  return {
    progress: { value, percent: percentOf(value, target), reached: value >= target, ...bounds },
    streak: streakOf(aim, days, today),
  };
}

/** Whole percent, rounded down: 100 only when the target is reached. */
function percentOf(value: number, target: number): number {
  if (value >= target) return 100;
  return Math.min(99, Math.max(0, Math.floor((value / target) * 100)));
}

function streakOf({ period, target }: Aim, days: readonly DayTotal[], today: Day): Goal['streak'] {
  const totals = new Map<Day, number>();
  for (const { day, value } of days) {
    if (day > today) continue;
    const start = startOf(period, day);
    totals.set(start, tidySum(totals.get(start) ?? 0, value));
  }
  // A goal as a whole has no target per day: any progress on a day counts.
  const isGood = (value: number) => (period === 'total' ? value > 0 : value >= target);
  const good = [...totals].flatMap(([start, value]) => (isGood(value) ? [start] : [])).sort();

  let run = 0;
  let longest = 0;
  let expected: Day | undefined;
  for (const start of good) {
    run = start === expected ? run + 1 : 1;
    longest = Math.max(longest, run);
    expected = nextStart(period, start);
  }
  const running = startOf(period, today);
  // The last good period is the running one or the one before it: the running one is not over yet.
  const lasts = expected !== undefined && expected >= running;
  return { current: lasts ? run : 0, longest, unit: UNITS[period] };
}

const UNITS = { daily: 'day', weekly: 'week', monthly: 'month', total: 'day' } as const;

const sum = (days: readonly DayTotal[]): number => days.reduce((total, { value }) => tidySum(total, value), 0);
/** 0.1 + 0.2 is 0.3 to the person who typed it. */
const tidySum = (a: number, b: number): number => Number((a + b).toPrecision(12));
