/**
 * How long somebody who fails has to wait. Counted are the failures of the last hour; the first few cost nothing, then
 * the wait doubles, and past the hourly limit nothing is tried until the oldest failure is an hour old.
 */
export interface ThrottlePolicy {
  freeFailures: number;
  /** Wait after the first failure that is not free; doubles from there. */
  firstDelayMs: number;
  maxDelayMs: number;
  maxFailuresPerHour: number;
}

export const THROTTLE_WINDOW_MS = 3_600_000;

export interface ThrottleState {
  /** Times (epoch ms) of failures, oldest first. */
  failures: readonly number[];
}

export const recentFailures = (state: ThrottleState, now: number): number[] =>
  state.failures.filter((at) => at > now - THROTTLE_WINDOW_MS);

/** Epoch ms from which the next try is let through; in the past (or 0) means at once. */
export function nextTryAt(state: ThrottleState, policy: ThrottlePolicy, now: number): number {
  const failures = recentFailures(state, now);
  return Math.max(afterDelay(failures, policy), afterFullHour(failures, policy));
}

function afterDelay(failures: readonly number[], policy: ThrottlePolicy): number {
  const last = failures.at(-1);
  if (last === undefined || failures.length < policy.freeFailures) return 0;
  const doublings = failures.length - policy.freeFailures;
  // 2^30 ms is 12 days: past every cap, and still an exact number.
  return last + Math.min(policy.firstDelayMs * 2 ** Math.min(doublings, 30), policy.maxDelayMs);
}

function afterFullHour(failures: readonly number[], { maxFailuresPerHour }: ThrottlePolicy): number {
  const first = failures.at(-maxFailuresPerHour);
  return first === undefined ? 0 : first + THROTTLE_WINDOW_MS;
}
