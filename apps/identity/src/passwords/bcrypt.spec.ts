import { describe, expect, it } from '@jest/globals';
import { verifyBcrypt } from './bcrypt.js';
import { bcryptCost, isBcrypt } from './domain/bcrypt-format.js';

/** Of the test suites of Openwall's crypt_blowfish and of jBCrypt: made by neither of our libraries. */
const VECTORS: readonly [password: string, hash: string][] = [
  ['U*U', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['U*U*', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK'],
  ['U*U*U', '$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a'],
  ['a', '$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe'],
  ['~!@#$%^&*()      ~!@#$%^&*()PNBFRD', '$2a$06$fPIsBO8qRqkjj273rfaOI.HtSV9jLDpTbZn782DC6/t7qT67P6FfO'],
];
const LONG = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const LONG_HASH = '$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui';
const [[, ONE] = ['', '']] = VECTORS;

describe('a bcrypt hash', () => {
  it.each(VECTORS)('of %j is recognised under every prefix, and no other password is', async (password, hash) => {
    for (const prefix of ['$2a$', '$2b$', '$2y$']) {
      const stored = prefix + hash.slice(4);
      expect([prefix, isBcrypt(stored), await verifyBcrypt(stored, password)]).toEqual([prefix, true, true]);
      expect([prefix, await verifyBcrypt(stored, `${password}x`)]).toEqual([prefix, false]);
    }
  });

  it('means the first 72 bytes of a long password, whatever comes behind, and not one byte less', async () => {
    expect(await verifyBcrypt(LONG_HASH, `${LONG}chars after 72 are ignored`)).toBe(true);
    expect(await verifyBcrypt(LONG_HASH, LONG)).toBe(true);
    expect(await verifyBcrypt(LONG_HASH, LONG.slice(0, 71))).toBe(false);
    // 24 characters of three bytes each: cut at bytes, not at characters.
    expect(await verifyBcrypt(LONG_HASH, '語'.repeat(25))).toBe(false);
  });

  it('is the same with other bits where its salt and its digest use none', async () => {
    expect(await verifyBcrypt(ONE.replace('C.E5', 'CDE5'), 'U*U')).toBe(true);
    expect(await verifyBcrypt(`${ONE.slice(0, -1)}X`, 'U*U')).toBe(true);
    expect(await verifyBcrypt(`${ONE.slice(0, -1)}a`, 'U*U')).toBe(false);
  });

  it.each([
    ['a password with a NUL in it', ONE, 'U*U\u0000more'],
    ['the hash of nobody knows what', ONE.replace('$2a$', '$2x$'), 'U*U'],
    ['a hash that was cut', ONE.slice(0, -1), 'U*U'],
    ['no hash at all', '$2', 'U*U'],
  ])('is not matched by %s, and nothing breaks', async (_what, stored, password) => {
    expect(await verifyBcrypt(stored, password)).toBe(false);
  });

  it('tells its cost, and nothing where it is none', () => {
    expect(VECTORS.map(([, hash]) => bcryptCost(hash))).toEqual([5, 5, 5, 6, 6]);
    expect(bcryptCost('$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA')).toBeUndefined();
  });
});
