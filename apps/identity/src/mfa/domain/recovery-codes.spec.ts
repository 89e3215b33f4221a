import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hashOfRecoveryCode, newRecoveryCodes } from './recovery-codes.js';

const ada = '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11';

describe('recovery codes', () => {
  it('are ten, all different, of 80 random bits in groups of four', () => {
    const codes = newRecoveryCodes();
    expect(codes).toHaveLength(10);
    for (const code of codes) expect(code).toMatch(/^[A-Z2-7]{4}(-[A-Z2-7]{4}){3}$/);
    expect(new Set([...codes, ...newRecoveryCodes()]).size).toBe(20);
  });

  it('are the same however they are typed', () => {
    const [code = ''] = newRecoveryCodes();
    const hash = hashOfRecoveryCode(ada, code);
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('', '-', ' ', ' - '), { minLength: 4, maxLength: 4 }),
        fc.boolean(),
        (gaps, small) => {
          const typed = code
            .split('-')
            .flatMap((group, index) => [group, gaps[index] ?? ''])
            .join('');
          expect(hashOfRecoveryCode(ada, small ? typed.toLowerCase() : typed)).toEqual(hash);
        },
      ),
    );
  });

  it('have another hash for another account', () => {
    const [code = ''] = newRecoveryCodes();
    expect(hashOfRecoveryCode(ada, code)).not.toEqual(hashOfRecoveryCode('01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d12', code));
  });
});
