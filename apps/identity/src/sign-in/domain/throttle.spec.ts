import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nextTryAt, recentFailures, THROTTLE_WINDOW_MS, type ThrottlePolicy } from './throttle.js';

const policy: ThrottlePolicy = {
  freeFailures: 5,
  firstDelayMs: 1000,
  maxDelayMs: 900_000,
  maxFailuresPerHour: 100,
};
const now = Date.UTC(2026, 10, 20, 10);
const failedAt = (...secondsAgo: number[]) => ({ failures: secondsAgo.map((s) => now - s * 1000) });

/** Somebody who tries whenever he is let through; answers the times of his failures. */
function tireless(rules: ThrottlePolicy, forMs: number): number[] {
  let failures: number[] = [];
  for (let at = now; at <= now + forMs;) {
    const next = nextTryAt({ failures }, rules, at);
    if (next > at) at = next;
    else {
      failures = [...failures, at];
      at += 1;
    }
  }
  return failures;
}

describe('sign-in throttle', () => {
  it('lets the first failures pass without waiting', () => {
    expect(nextTryAt(failedAt(), policy, now)).toBe(0);
    expect(nextTryAt(failedAt(3, 2, 1, 0), policy, now)).toBe(0);
  });

  it('doubles the wait from the fifth failure on, up to the cap', () => {
    const wait = (count: number) => nextTryAt(failedAt(...Array<number>(count).fill(0)), policy, now) - now;
    expect([5, 6, 7, 8].map(wait)).toEqual([1000, 2000, 4000, 8000]);
    expect(wait(40)).toBe(900_000);
  });

  it('forgets failures that are an hour old', () => {
    expect(recentFailures(failedAt(3601, 3600, 3599), now)).toEqual([now - 3_599_000]);
    expect(nextTryAt(failedAt(3601, 3600, 3600, 3600, 3600, 3600), policy, now)).toBe(0);
  });

  it('never lets more than the hourly limit through, in any hour, however the delays are set', () => {
    fc.assert(
      fc.property(
        fc.record({
          freeFailures: fc.integer({ min: 1, max: 30 }),
          firstDelayMs: fc.integer({ min: 0, max: 5000 }),
          maxDelayMs: fc.integer({ min: 0, max: 60_000 }),
          maxFailuresPerHour: fc.integer({ min: 1, max: 40 }),
        }),
        (rules) => {
          const failures = tireless(rules, 2.5 * THROTTLE_WINDOW_MS);
          for (const start of failures) {
            const inThatHour = failures.filter((at) => at >= start && at < start + THROTTLE_WINDOW_MS);
            expect(inThatHour.length).toBeLessThanOrEqual(rules.maxFailuresPerHour);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('with the shipped numbers lets about twenty guesses an hour through', () => {
    expect(tireless(policy, THROTTLE_WINDOW_MS).length).toBeLessThanOrEqual(20);
  });
});
