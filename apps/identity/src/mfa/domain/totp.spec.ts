import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Secret, TOTP } from 'otpauth';
import { keyUri, newTotpSecret, stepOf } from './totp.js';

const STEP_MS = 30_000;
/** Appendix B of RFC 6238, the SHA-1 column; the last six of its eight digits. */
const RFC_SECRET = Secret.fromLatin1('12345678901234567890').base32;
const VECTORS: [seconds: number, code: string][] = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
];
const atSecond = (seconds: number): Date => new Date(seconds * 1000);
const codeAt = (secret: string, at: number): string => new TOTP({ secret }).generate({ timestamp: at });

describe('codes of an authenticator', () => {
  it.each(VECTORS)('are those of RFC 6238 at second %s: %s', (seconds, code) => {
    expect(stepOf(RFC_SECRET, code, atSecond(seconds))).toBe(Math.floor(seconds / 30));
  });

  it('are good in the step before and the step after, and belong to their own step', () => {
    const secret = newTotpSecret();
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 2 ** 32 }), fc.integer({ min: -6, max: 6 }), (step, off) => {
        const found = stepOf(secret, codeAt(secret, (step + off) * STEP_MS), new Date(step * STEP_MS + 7));
        // Another step may have the same six digits by chance; then it is one within the window.
        if (Math.abs(off) <= 1) expect(Math.abs((found ?? Number.NaN) - step)).toBeLessThanOrEqual(1);
        else if (found !== undefined)
          expect(codeAt(secret, found * STEP_MS)).toBe(codeAt(secret, (step + off) * STEP_MS));
      }),
    );
  });

  it('are worthless with another secret', () => {
    const at = new Date('2026-11-20T10:00:00Z');
    const [mine, other] = [newTotpSecret(), newTotpSecret()];
    const codes = [-1, 0, 1].map((off) => codeAt(other, at.getTime() + off * STEP_MS));
    expect(mine).not.toBe(other);
    const good = codes.filter((code) => stepOf(mine, code, at) !== undefined);
    // One in 300,000 by chance, three of them never.
    expect(good.length).toBeLessThan(3);
  });

  it('come from 160 random bits', () => {
    expect(newTotpSecret()).toMatch(/^[A-Z2-7]{32}$/);
    expect(new Set(Array.from({ length: 100 }, newTotpSecret)).size).toBe(100);
  });

  it('are described to apps as what every app understands', () => {
    const url = new URL(keyUri(RFC_SECRET, 'Career Copilot', 'ada+jobs@example.com'));
    expect(`${url.protocol}//${url.host}${decodeURIComponent(url.pathname)}`).toBe(
      'otpauth://totp/Career Copilot:ada+jobs@example.com',
    );
    expect(Object.fromEntries(url.searchParams)).toEqual({
      issuer: 'Career Copilot',
      secret: RFC_SECRET,
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    });
  });
});
