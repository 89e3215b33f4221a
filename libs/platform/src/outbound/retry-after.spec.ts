import { describe, expect, it } from '@jest/globals';
import { parseRetryAfter } from './retry-after.js';

const now = new Date('2026-11-20T10:00:00Z');

describe('parseRetryAfter', () => {
  it.each([
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7000],
    ['Fri, 20 Nov 2026 10:01:00 GMT', 60_000],
    ['Friday, 20-Nov-26 10:01:00 GMT', 60_000],
    ['Fri, 20 Nov 2026 09:00:00 GMT', 0],
    ['99999999', 3_600_000],
    ['Sat, 20 Nov 2027 10:00:00 GMT', 3_600_000],
  ])('reads %j', (header, ms) => expect(parseRetryAfter(header, now)).toBe(ms));

  it.each([undefined, '', 'soon', '-1', '1.5', '1e3', '2026-11-20', 'Fri, nonsense'])(
    'does not guess at %j',
    (header) => expect(parseRetryAfter(header, now)).toBeUndefined(),
  );
});
