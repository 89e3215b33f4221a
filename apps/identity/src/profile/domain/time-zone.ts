/** A calendar date as it is written: `2026-11-20`. Days compare as texts. */
export type Day = string;

const formats = new Map<string, Intl.DateTimeFormat>();

export function isTimeZone(name: string): boolean {
  // "+01:00" is a zone to Node; a person lives in a place, and an offset is wrong for half of the year.
  return /^[A-Za-z]/.test(name) && formatOf(name) !== undefined;
}

/** The day it is there at that instant. A zone that is not told (or was taken out of the database) is UTC. */
export function dayIn(zone: string | null, instant: Date): Day {
  const format = zone === null ? undefined : formatOf(zone);
  if (format === undefined) return instant.toISOString().slice(0, 10);
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, value]));
  return `${parts.get('year') ?? ''}-${parts.get('month') ?? ''}-${parts.get('day') ?? ''}`;
}

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    formats.set(zone, format);
    return format;
  } catch {
    // RangeError: no such zone.
    return undefined;
  }
}
