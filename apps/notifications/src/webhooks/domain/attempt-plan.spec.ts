import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isGivenUp, MAX_ATTEMPTS, nextAttempt } from './attempt-plan.js';

const now = new Date('2026-11-20T10:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const random = fc.double({ min: 0, max: 1, noNaN: true });

/** When each attempt of a delivery that always fails is made, in milliseconds from the first. */
function timesOf(draw: (attempt: number) => number): number[] {
  const times = [0];
  for (let at = now; ;) {
    const next = nextAttempt(times.length, at, draw(times.length));
    if (next === undefined) return times;
    times.push(next.getTime() - now.getTime());
    at = next;
  }
}

describe('attempts to call a webhook', () => {
  it('begin after seconds and end after a day', () => {
    const times = timesOf(() => 0.5);
    expect(times).toHaveLength(MAX_ATTEMPTS);
    expect(times[1]).toBe(5_000);
    expect(times[2]).toBe(305_000);
    expect(times.at(-1)).toBeGreaterThan(23 * HOUR);
    expect(times.at(-1)).toBeLessThan(25 * HOUR);
  });

  it('come ever later and never end before 20 or after 27 hours, whatever the jitter', () => {
    fc.assert(
      fc.property(fc.array(random, { minLength: MAX_ATTEMPTS, maxLength: MAX_ATTEMPTS }), (draws) => {
        const times = timesOf((attempt) => draws[attempt] ?? 0.5);
        const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0));
        // The last two are planned alike; jitter alone may make the later one the shorter.
        for (const [index, wait] of waits.slice(0, -1).entries()) {
          if (index > 0) expect(wait).toBeGreaterThan(waits[index - 1] ?? 0);
        }
        expect(times.at(-1)).toBeGreaterThan(20 * HOUR);
        expect(times.at(-1)).toBeLessThan(27 * HOUR);
      }),
    );
  });

  it('are never made before the receiver wants to be asked again, and not earlier than planned because of it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: MAX_ATTEMPTS - 1 }),
        fc.integer({ min: 0, max: 3600 }),
        random,
        (attempts, seconds, drawn) => {
          const notBefore = new Date(now.getTime() + seconds * 1000);
          const next = nextAttempt(attempts, now, drawn, notBefore);
          const planned = nextAttempt(attempts, now, drawn);
          expect(next?.getTime()).toBe(Math.max(planned?.getTime() ?? 0, notBefore.getTime()));
        },
      ),
    );
  });
});

describe('a receiver', () => {
  it('is given up after days of failures and not after many in an hour, nor after few in a week', () => {
    const since = (ms: number): Date => new Date(now.getTime() - ms);
    expect(isGivenUp(10, since(3 * DAY), now, 3 * DAY)).toBe(true);
    expect(isGivenUp(1000, since(HOUR), now, 3 * DAY)).toBe(false);
    expect(isGivenUp(9, since(7 * DAY), now, 3 * DAY)).toBe(false);
    expect(isGivenUp(10, since(3 * DAY - 1), now, 3 * DAY)).toBe(false);
  });
});
