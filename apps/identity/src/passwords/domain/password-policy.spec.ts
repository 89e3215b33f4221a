import { describe, expect, it } from '@jest/globals';
import { COMMON_PASSWORDS } from '../common-passwords.js';
import { normalisePassword, PASSWORD_MIN_ALONE, passwordProblem } from './password-policy.js';

const john = { email: 'john.doe@example.com', fullName: 'John Doe' };
const problem = (password: string) => passwordProblem(password, john, COMMON_PASSWORDS);

describe('password policy', () => {
  it('packages a block list of at least 3,000 passwords that would otherwise be long enough', () => {
    expect(COMMON_PASSWORDS.size).toBeGreaterThan(3000);
  });

  it.each([
    ['SecurePassword123!', 'the example of the documentation'],
    ['correct horse battery staple', 'a sentence, without digit or capital'],
    ['ünïcödé-паро́ль-密码', 'letters of any script'],
    ['x7#kQ2vLp9', 'random characters'],
    ['        a fine one', 'blanks are characters'],
    ['john likes long walks in autumn', 'a name inside something long'],
    ['𝔘𝔫𝔦𝔠𝔬𝔡𝔢𝔵!', 'nine code points outside the basic plane'],
  ])('accepts %j: %s', (password) => {
    expect(problem(password)).toBeUndefined();
  });

  it.each([
    ['short7!', 'at least 8 characters, it has 7'],
    ['𝔘𝔫𝔦𝔠𝔬𝔡𝔢', 'at least 8 characters, it has 7'],
    ['e\u0301'.repeat(7), 'at least 8 characters, it has 7'],
    ['x1'.repeat(65), 'at most 128 characters, it has 130'],
    ['password', 'most common'],
    ['PassWord1', 'most common'],
    ['qwertyuiop', 'most common'],
    ['zzzzzzzzzzzzzzzz', 'repeats the same characters'],
    ['ababababababab', 'repeats the same characters'],
    ['johndoe1', 'your name'],
    ['John.Doe2024', 'your name'],
    ['example!23', 'your address'],
    ['careercopilot', 'name of this product'],
    ['CareerCopilot1!', 'name of this product'],
    ['Career12345678', 'name of this product'],
  ])('refuses %j: %s', (password, reason) => {
    expect(problem(password)).toContain(reason);
  });

  it('wants 15 characters where it is told to, counted in the same way', () => {
    const strict = (password: string) => passwordProblem(password, john, COMMON_PASSWORDS, PASSWORD_MIN_ALONE);
    expect(strict('x7#kQ2vLp9mN4z')).toContain('at least 15 characters, it has 14');
    expect(strict('x7#kQ2vLp9mN4ze\u0301')).toBeUndefined();
    expect(strict('𝔘𝔫𝔦𝔠𝔬𝔡𝔢𝔵-x7#kQ2')).toBeUndefined();
    expect(strict('𝔘𝔫𝔦𝔠𝔬𝔡𝔢𝔵-x7#kQ')).toContain('it has 14');
  });

  it('accepts exactly 128 code points and counts them after normalising', () => {
    expect(problem('aé7$'.repeat(32))).toBeUndefined();
    expect(problem('ae\u03017$'.repeat(32))).toBeUndefined();
    expect(problem(`${'aé7$'.repeat(32)}x`)).toContain('at most 128');
  });

  it('treats two ways of typing the same letter as one password', () => {
    expect(normalisePassword('caf\u00e9 au lait')).toBe(normalisePassword('cafe\u0301 au lait'));
  });

  it('does not forbid short parts of a name', () => {
    expect(
      passwordProblem('lily-of-the-valley', { email: 'li@x.de', fullName: 'Li Po' }, COMMON_PASSWORDS),
    ).toBeUndefined();
  });
});
