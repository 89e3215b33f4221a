const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2101, 0, 1);

/** Epoch seconds of year 2100 are below this, epoch milliseconds of year 2000 are above it. */
const SECONDS_BELOW = 1e11;

const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?$/i;
const RFC_2822 = /^(?:[a-z]{3},\s*)?\d{1,2} [a-z]{3} \d{4} \d{2}:\d{2}(?::\d{2})? (?:gmt|utc|z|[+-]\d{4})$/i;

/**
 * Reads what job sources call a date: ISO with or without zone (none means UTC, as Remotive documents), RFC 2822,
 * epoch seconds or milliseconds. Everything else, relative phrases included, and years outside 2000–2100 are null.
 */
export function parseInstant(value: unknown): string | null {
  if (typeof value === 'number') return fromEpoch(value);
  if (typeof value !== 'string' || value.length > 60) return null;
  const text = value.trim();
  if (/^\d{9,14}$/.test(text)) return fromEpoch(Number(text));
  const iso = ISO.exec(text);
  if (iso) {
    const [, day, time = '00:00:00', zone = 'Z'] = iso;
    return inRange(Date.parse(`${day}T${time}${/^utc$/i.test(zone) ? 'Z' : zone.toUpperCase()}`));
  }
  return RFC_2822.test(text) ? inRange(Date.parse(text)) : null;
}

const fromEpoch = (value: number): string | null =>
  Number.isFinite(value) ? inRange(Math.trunc(value < SECONDS_BELOW ? value * 1000 : value)) : null;

const inRange = (ms: number): string | null =>
  Number.isFinite(ms) && ms >= EARLIEST && ms < LATEST ? new Date(ms).toISOString() : null;
