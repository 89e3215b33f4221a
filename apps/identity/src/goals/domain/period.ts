import type { Goal } from '#contracts';
import type { Day } from '../../profile/domain/time-zone.js';

export type Period = Goal['period'];

const DAY_MS = 86_400_000;

/** Dates are reckoned as dates, never as instants: no clock change makes a day longer or a streak shorter. */
const at = (day: Day): number => Date.parse(`${day}T00:00:00Z`);
const dayAt = (ms: number): Day => new Date(ms).toISOString().slice(0, 10);

export const addDays = (day: Day, count: number): Day => dayAt(at(day) + count * DAY_MS);

/** First day of the period the day lies in. A goal as a whole is followed by the day. */
export function startOf(period: Period, day: Day): Day {
  switch (period) {
    case 'monthly':
      return `${day.slice(0, 8)}01`;
    case 'weekly': {
      const sinceMonday = (new Date(at(day)).getUTCDay() + 6) % 7;
      return addDays(day, -sinceMonday);
    }
    case 'daily':
    case 'total':
      return day;
  }
}

/** First day of the period after the one that begins on `start`. */
export function nextStart(period: Period, start: Day): Day {
  switch (period) {
    case 'monthly': {
      const date = new Date(at(start));
      return dayAt(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1));
    }
    case 'weekly':
      return addDays(start, 7);
    case 'daily':
    case 'total':
      return addDays(start, 1);
  }
}
