import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dayIn, isTimeZone } from './time-zone.js';

describe('time zones', () => {
  it('knows the names of the IANA database and nothing else', () => {
    expect(['Europe/Berlin', 'UTC', 'Asia/Kolkata', 'America/Argentina/Buenos_Aires'].map(isTimeZone)).toEqual(
      Array(4).fill(true),
    );
    expect(['Europe/Atlantis', '+01:00', '', 'constructor', '../etc/passwd'].map(isTimeZone)).toEqual(
      Array(5).fill(false),
    );
  });

  it.each([
    ['Europe/Berlin', '2026-11-20T22:59:59Z', '2026-11-20'],
    ['Europe/Berlin', '2026-11-20T23:00:00Z', '2026-11-21'],
    ['Europe/Berlin', '2026-07-20T22:00:00Z', '2026-07-21'],
    ['America/Los_Angeles', '2026-11-20T07:59:59Z', '2026-11-19'],
    ['Pacific/Kiritimati', '2026-11-20T10:00:00Z', '2026-11-21'],
    [null, '2026-11-20T23:59:59Z', '2026-11-20'],
    ['Gone/Zone', '2026-11-20T23:59:59Z', '2026-11-20'],
  ])('in %s the instant %s is on %s', (zone, instant, day) => {
    expect(dayIn(zone, new Date(instant))).toBe(day);
  });

  it('is at most one day away from the day in UTC, and never runs backwards', () => {
    const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Pacific/Apia', 'Asia/Kathmandu');
    const instants = fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(zones, instants, fc.nat(86_400_000), (zone, instant, later) => {
        const day = dayIn(zone, instant);
        const away = Math.abs(Date.parse(day) - Date.parse(instant.toISOString().slice(0, 10)));
        expect(away).toBeLessThanOrEqual(86_400_000);
        expect(dayIn(zone, new Date(instant.getTime() + later)) >= day).toBe(true);
      }),
    );
  });
});
