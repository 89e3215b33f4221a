import { describe, expect, it } from '@jest/globals';
import { HELD_OUT } from './held-out.js';
import { visaVerdict } from './visa-verdict.js';

describe('visa statements the rules were not written for', () => {
  const read = Object.entries(HELD_OUT).flatMap(([language, statements]) =>
    statements.map(([text, expected]) => ({ language, text, expected, found: visaVerdict(text).verdict })),
  );
  const shareOfRight = (rows: typeof read): number =>
    rows.filter(({ expected, found }) => found === expected).length / rows.length;

  it('are a hundred, in nine languages', () => {
    expect(read.length).toBeGreaterThanOrEqual(100);
    expect(new Set(read.map(({ text }) => text)).size).toBe(read.length);
    for (const statements of Object.values(HELD_OUT)) expect(statements.length).toBeGreaterThanOrEqual(8);
  });

  /** Measured: 4. */
  it('are hardly ever read as an offer where they make none', () => {
    const promised = read.filter(
      ({ expected, found }) => (expected === 'no' || expected === 'unknown') && (found === 'yes' || found === 'maybe'),
    );
    expect(promised.length).toBeLessThanOrEqual(4);
  });

  /** Measured: 0.47. */
  it('are read right as often as measured', () => {
    expect(shareOfRight(read)).toBeGreaterThanOrEqual(0.47);
  });
});
