import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { API_KEY_PREFIX, makeApiKey, readApiKey } from './api-key.js';

describe('an API key', () => {
  it('is known again by its hash, which does not hold it', () => {
    const { key, shown, hash } = makeApiKey();
    expect(key).toMatch(/^cck_[\w-]{47}$/);
    expect(readApiKey(key)).toEqual(hash);
    expect(hash.toString('latin1')).not.toContain(key.slice(4, 12));
    expect(key.startsWith(shown)).toBe(true);
    expect(shown).toHaveLength(12);
  });

  it('is never made twice', () => {
    expect(new Set(Array.from({ length: 1000 }, () => makeApiKey().key)).size).toBe(1000);
  });

  it('with any one character changed, left out or added is told at once to be none', () => {
    const { key } = makeApiKey();
    for (let index = API_KEY_PREFIX.length; index < key.length; index += 1) {
      const other = key.charAt(index) === 'A' ? 'B' : 'A';
      expect(readApiKey(key.slice(0, index) + other + key.slice(index + 1))).toBeUndefined();
      expect(readApiKey(key.slice(0, index) + key.slice(index + 1))).toBeUndefined();
      expect(readApiKey(`${key.slice(0, index)}A${key.slice(index)}`)).toBeUndefined();
    }
  });

  it('is not what anybody makes up', () => {
    fc.assert(fc.property(fc.string({ maxLength: 80 }), (text) => readApiKey(API_KEY_PREFIX + text) === undefined));
    for (const text of ['', 'cck_', makeApiKey().key.slice(4), ` ${makeApiKey().key}`, `${makeApiKey().key}\n`]) {
      expect(readApiKey(text)).toBeUndefined();
    }
  });
});
