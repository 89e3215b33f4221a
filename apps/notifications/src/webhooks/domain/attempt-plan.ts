const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Waits before the second, third … attempt, as Standard Webhooks recommends them; a day in all. */
const WAITS_MS = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 8 * HOUR, 8 * HOUR];
export const MAX_ATTEMPTS = WAITS_MS.length + 1;

const JITTER = 0.1;
/** One event that fails eight times in a day says little; the tenth failed call in days says enough. */
const ENOUGH_FAILURES = 10;

/**
 * Undefined when it was the last. `random` from 0 to 1: what failed together does not come back together (±10 %).
 * `notBefore`: when the receiver wants to be asked again.
 */
export function nextAttempt(attempts: number, now: Date, random: number, notBefore?: Date): Date | undefined {
  const wait = WAITS_MS[attempts - 1];
  if (wait === undefined) return undefined;
  const planned = now.getTime() + Math.round(wait * (1 - JITTER + 2 * JITTER * random));
  return new Date(Math.max(planned, notBefore?.getTime() ?? 0));
}

/** Whether a receiver that has only failed since `failingSince` is called no more. */
export function isGivenUp(failures: number, failingSince: Date, now: Date, afterMs: number): boolean {
  return failures >= ENOUGH_FAILURES && now.getTime() - failingSince.getTime() >= afterMs;
}
