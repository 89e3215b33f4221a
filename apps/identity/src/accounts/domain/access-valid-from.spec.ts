import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { accessValidFrom } from './access-valid-from.js';

const times = fc.array(fc.date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true }), {
  minLength: 1,
  maxLength: 20,
});

describe('a change of access', () => {
  it('counts from after its own moment, and from after every change before it, also by a clock that is set back', () => {
    fc.assert(
      fc.property(times, (clock) => {
        let previous: Date | null = null;
        for (const now of clock) {
          const validFrom = accessValidFrom(now, previous);
          expect(validFrom.getTime()).toBeGreaterThan(now.getTime());
          if (previous !== null) expect(validFrom.getTime()).toBeGreaterThan(previous.getTime());
          previous = validFrom;
        }
      }),
    );
  });

  it('counts from the very next millisecond where there was none before', () => {
    expect(accessValidFrom(new Date(41), null)).toEqual(new Date(42));
  });
});
