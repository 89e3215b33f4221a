export const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface HourOfUse {
  /** Start of the hour, epoch ms. */
  hour: number;
  count: number;
}

export const hourOf = (now: number): number => Math.floor(now / HOUR_MS) * HOUR_MS;

/** Hours from this one on lie at least partly within the last 24 hours, and count whole. */
export const firstHourThatCounts = (now: number): number => hourOf(now - DAY_MS);

/**
 * How long the last one counted has to wait until no 24 hours hold more than `limit`; 0 when it need not. An hour counts
 * until it lies wholly outside: never too much, at the price of up to an hour of patience.
 */
export function waitMs(hours: readonly HourOfUse[], limit: number, now: number): number {
  const counting = hours.filter(({ hour }) => hour >= firstHourThatCounts(now)).sort((a, b) => a.hour - b.hour);
  let over = counting.reduce((total, { count }) => total + count, 0) - limit;
  let freeAt = now;
  for (const { hour, count } of counting) {
    if (over <= 0) break;
    over -= count;
    freeAt = hour + HOUR_MS + DAY_MS;
  }
  return freeAt - now;
}
