import { describe, expect, it } from '@jest/globals';
import { HELD_OUT } from './held-out.js';
import { HELD_OUT_AFTER } from './held-out-after.js';
import { visaVerdict } from './visa-verdict.js';

const BEFORE = Object.values(HELD_OUT).flat();

describe('visa statements the rules were not written for', () => {
  it('are a hundred and more, in nine languages, each once', () => {
    expect(BEFORE.length).toBeGreaterThanOrEqual(100);
    for (const statements of Object.values(HELD_OUT)) expect(statements.length).toBeGreaterThanOrEqual(8);
    const texts = [...BEFORE, ...HELD_OUT_AFTER].map(([text]) => text);
    expect(new Set(texts).size).toBe(texts.length);
  });

  describe.each([
    // Measured: 98 of 100 (47 before the rules were widened), none promised (4 before).
    ['written before the rules were widened', BEFORE, 0.97, 0],
    ['written afterwards', HELD_OUT_AFTER, 0.95, 0],
  ])('%s', (_when, statements, least, mostPromised) => {
    const read = statements.map(([text, expected]) => ({ text, expected, found: visaVerdict(text).verdict }));

    it('are read as an offer only where they make one', () => {
      const promised = read.filter(
        ({ expected, found }) =>
          (expected === 'no' || expected === 'unknown') && (found === 'yes' || found === 'maybe'),
      );
      expect(promised.length).toBeLessThanOrEqual(mostPromised);
    });

    it('are read right as often as measured', () => {
      const right = read.filter(({ expected, found }) => found === expected);
      expect(right.length / read.length).toBeGreaterThanOrEqual(least);
    });
  });
});
