const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Waits before the second, third … attempt: quick for a hiccup, patient for greylisting and for a server that is down; a day in all. */
const WAITS_MS = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  1 * HOUR,
  2 * HOUR,
  4 * HOUR,
  8 * HOUR,
  8 * HOUR,
];

export type NextAttempt = { kind: 'at'; time: Date } | { kind: 'over'; reason: 'gave-up' | 'expired' };

/** `random` from 0 to 1: what failed together does not come back together (±20 %). */
export function nextAttempt(attempts: number, now: Date, expiresAt: Date | null, random: number): NextAttempt {
  const wait = WAITS_MS[attempts - 1];
  if (wait === undefined) return { kind: 'over', reason: 'gave-up' };
  const time = new Date(now.getTime() + Math.round(wait * (0.8 + 0.4 * random)));
  if (expiresAt !== null && time >= expiresAt) return { kind: 'over', reason: 'expired' };
  return { kind: 'at', time };
}
