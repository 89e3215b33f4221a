import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { firstHourThatCounts, HOUR_MS, hourOf, waitMs } from './day-window.js';

const DAY_MS = 24 * HOUR_MS;
const START = Date.UTC(2026, 10, 20, 10, 17);

/** Lets through what need not wait, and answers when. */
function admitted(gaps: readonly number[], limit: number): number[] {
  const hours = new Map<number, number>();
  const times: number[] = [];
  let now = START;
  for (const gap of gaps) {
    now += gap;
    const hour = hourOf(now);
    const tried = new Map(hours).set(hour, (hours.get(hour) ?? 0) + 1);
    const wait = waitMs(
      [...tried].map(([at, count]) => ({ hour: at, count })),
      limit,
      now,
    );
    if (wait > 0) continue;
    hours.set(hour, tried.get(hour) ?? 0);
    times.push(now);
  }
  return times;
}

describe('a cap on a day', () => {
  it('holds in any stretch of 24 hours', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 4 * HOUR_MS }), { maxLength: 120 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 10 }), (each, limit) => {
        const times = admitted(each, limit);
        const most = Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + DAY_MS).length));
        expect(most).toBeLessThanOrEqual(limit);
      }),
    );
  });

  it('says how long to wait: then one more is let through, and not a moment earlier', () => {
    const uses = fc.array(fc.record({ ago: fc.nat(30), count: fc.integer({ min: 1, max: 5 }) }), { maxLength: 30 });
    fc.assert(
      fc.property(uses, fc.integer({ min: 1, max: 20 }), (each, limit) => {
        const hours = each.map(({ ago, count }) => ({ hour: hourOf(START) - ago * HOUR_MS, count }));
        const wait = waitMs(hours, limit, START);
        expect(waitMs(hours, limit, START + wait)).toBe(0);
        if (wait > 0) expect(waitMs(hours, limit, START + wait - 1)).toBeGreaterThan(0);
        expect(wait).toBeLessThanOrEqual(DAY_MS + HOUR_MS);
      }),
    );
  });

  it('counts an hour as long as any of it lies within the day', () => {
    const hours = [{ hour: START - 17 * 60_000 - DAY_MS, count: 1 }];
    expect(firstHourThatCounts(START)).toBe(hours[0]?.hour);
    expect(waitMs(hours, 0, START)).toBe(HOUR_MS - 17 * 60_000);
  });
});
