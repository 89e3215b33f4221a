/** Longer demands are cut: a site that says "in a year" is asked again after an hour. */
export const MAX_RETRY_AFTER_MS = 3_600_000;

/** `Retry-After` as seconds or as HTTP date, in milliseconds from now; undefined where it makes no sense. */
export function parseRetryAfter(header: string | undefined, now: Date): number | undefined {
  const text = header?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, MAX_RETRY_AFTER_MS);
  // Only the three date forms of HTTP start with a weekday; Date.parse would take much more.
  if (!/^(mon|tue|wed|thu|fri|sat|sun)/i.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.min(Math.max(0, at - now.getTime()), MAX_RETRY_AFTER_MS);
}
