import { describe, expect, it } from '@jest/globals';
import { GOAL_PERIODS } from '#contracts';
import fc from 'fast-check';
import { addDays, nextStart, startOf } from './period.js';
import { type DayTotal, progressOf } from './progress.js';

const days = (text: string, value = 1): DayTotal[] => text.split(' ').map((day) => ({ day: `2026-${day}`, value }));
const streak = (aim: Parameters<typeof progressOf>[0], done: DayTotal[], today: string) =>
  progressOf(aim, done, `2026-${today}`).streak;

describe('periods', () => {
  it.each([
    ['weekly', '2026-11-20', '2026-11-16', '2026-11-23'],
    ['weekly', '2026-11-16', '2026-11-16', '2026-11-23'],
    ['weekly', '2027-01-01', '2026-12-28', '2027-01-04'],
    ['monthly', '2024-02-29', '2024-02-01', '2024-03-01'],
    ['monthly', '2026-12-31', '2026-12-01', '2027-01-01'],
    ['daily', '2026-03-29', '2026-03-29', '2026-03-30'],
  ] as const)('%s: %s lies in the one from %s, the next begins %s', (period, day, start, next) => {
    expect(startOf(period, day)).toBe(start);
    expect(nextStart(period, start)).toBe(next);
  });

  it('cover every day exactly once', () => {
    fc.assert(
      fc.property(fc.constantFrom(...GOAL_PERIODS), fc.nat(40_000), (period, offset) => {
        const day = addDays('1990-01-01', offset);
        const start = startOf(period, day);
        const next = nextStart(period, start);
        expect(start <= day && day < next).toBe(true);
        expect(startOf(period, addDays(next, -1))).toBe(start);
        expect(startOf(period, next)).toBe(next);
      }),
    );
  });
});

describe('progress', () => {
  it('counts the running period only, or everything', () => {
    const done = [...days('11-15', 5), ...days('11-16', 2), ...days('11-20', 1)];
    const of = (period: 'daily' | 'weekly' | 'monthly' | 'total') =>
      progressOf({ target: 10, period }, done, '2026-11-20').progress;
    expect(of('daily')).toMatchObject({ value: 1, percent: 10, period_start: '2026-11-20', period_end: '2026-11-20' });
    expect(of('weekly')).toMatchObject({ value: 3, percent: 30, period_start: '2026-11-16', period_end: '2026-11-22' });
    expect(of('monthly')).toMatchObject({ value: 8, period_start: '2026-11-01', period_end: '2026-11-30' });
    expect(of('total')).toMatchObject({ value: 8, percent: 80, reached: false, period_start: null });
  });

  it('is 100 % when the target is reached and not a moment before', () => {
    const percent = (value: number) => progressOf({ target: 3, period: 'total' }, days('11-20', value), '2026-11-20');
    expect(percent(2.9999).progress).toMatchObject({ percent: 99, reached: false });
    expect(percent(3).progress).toMatchObject({ percent: 100, reached: true });
    expect(percent(3000).progress).toMatchObject({ percent: 100, reached: true });
    expect(percent(-5).progress).toMatchObject({ value: -5, percent: 0 });
  });

  it('adds 0.1 and 0.2 to 0.3', () => {
    const done = [...days('11-19', 0.1), ...days('11-20', 0.2)];
    expect(progressOf({ target: 0.3, period: 'total' }, done, '2026-11-20').progress).toMatchObject({
      value: 0.3,
      reached: true,
    });
  });
});

describe('streaks', () => {
  const daily = { target: 2, period: 'daily' } as const;

  it('the running day breaks nothing before it is over, and counts once it is reached', () => {
    const done = days('11-17 11-18 11-19', 2);
    expect(streak(daily, done, '11-19')).toMatchObject({ current: 3, longest: 3 });
    expect(streak(daily, done, '11-20')).toMatchObject({ current: 3 });
    expect(streak(daily, [...done, ...days('11-20', 1)], '11-20')).toMatchObject({ current: 3 });
    expect(streak(daily, [...done, ...days('11-20', 2)], '11-20')).toMatchObject({ current: 4 });
    expect(streak(daily, done, '11-21')).toMatchObject({ current: 0, longest: 3 });
  });

  it('a day below the target is a gap', () => {
    const done = [...days('11-17 11-18', 2), ...days('11-19', 1), ...days('11-20', 2)];
    expect(streak(daily, done, '11-20')).toEqual({ current: 1, longest: 2, unit: 'day' });
  });

  it('weeks and months run over the turn of the year', () => {
    const weekly = { target: 1, period: 'weekly' } as const;
    const done = [
      { day: '2026-12-24', value: 1 },
      { day: '2026-12-31', value: 1 },
      { day: '2027-01-04', value: 1 },
    ];
    expect(progressOf(weekly, done, '2027-01-05').streak).toEqual({ current: 3, longest: 3, unit: 'week' });
    const monthly = { target: 1, period: 'monthly' } as const;
    expect(progressOf(monthly, done, '2027-02-01').streak).toEqual({ current: 2, longest: 2, unit: 'month' });
  });

  it('of a goal as a whole counts days with progress', () => {
    expect(streak({ target: 100, period: 'total' }, days('11-19 11-20'), '11-20')).toMatchObject({ current: 2 });
  });

  const anyDays = fc.array(
    fc.record({
      day: fc.nat(60).map((offset) => addDays('2026-02-20', offset)),
      value: fc.integer({ min: 1, max: 5 }),
    }),
    { maxLength: 80 },
  );
  const anyAim = fc.record({ target: fc.integer({ min: 1, max: 8 }), period: fc.constantFrom(...GOAL_PERIODS) });

  it('does not depend on the order of the days, nor on how they are split into entries', () => {
    fc.assert(
      fc.property(anyAim, anyDays, (aim, done) => {
        const split = done.flatMap(({ day, value }) => Array<DayTotal>(value).fill({ day, value: 1 }));
        expect(progressOf(aim, split.reverse(), '2026-04-20')).toEqual(progressOf(aim, done, '2026-04-20'));
      }),
    );
  });

  it('more progress never shortens one, and the longest is never below the present one', () => {
    fc.assert(
      fc.property(anyAim, anyDays, anyDays, (aim, done, more) => {
        const before = progressOf(aim, done, '2026-04-20').streak;
        const after = progressOf(aim, [...done, ...more], '2026-04-20').streak;
        expect(after.current).toBeGreaterThanOrEqual(before.current);
        expect(after.longest).toBeGreaterThanOrEqual(before.longest);
        expect(after.longest).toBeGreaterThanOrEqual(after.current);
      }),
    );
  });

  it('is what walking back period by period finds', () => {
    fc.assert(
      fc.property(anyAim, anyDays, (aim, done) => {
        const today = '2026-04-20';
        const reached = (start: string) => {
          const total = done
            .filter(({ day }) => day <= today && startOf(aim.period, day) === start)
            .reduce((all, { value }) => all + value, 0);
          return aim.period === 'total' ? total > 0 : total >= aim.target;
        };
        const previous = (start: string) => startOf(aim.period, addDays(start, -1));
        let start = startOf(aim.period, today);
        if (!reached(start)) start = previous(start);
        let count = 0;
        for (; reached(start); start = previous(start)) count += 1;
        expect(progressOf(aim, done, today).streak.current).toBe(count);
      }),
    );
  });
});
