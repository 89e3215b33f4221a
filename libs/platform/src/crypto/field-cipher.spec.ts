import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FieldCipher, FieldCipherError, type FieldPlace, generateFieldKey, parseFieldKeys } from './field-cipher.js';

const place: FieldPlace = { table: 'ai.provider_keys', column: 'secret', owner: 'u-1' };
const oldKey = generateFieldKey('2025');
const newKey = generateFieldKey('2026');
const cipher = new FieldCipher(parseFieldKeys(newKey));

describe('FieldCipher', () => {
  it('gives back any text, and never the same value twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        const value = cipher.encrypt(text, place);
        expect(cipher.decrypt(value, place)).toBe(text);
        expect(cipher.encrypt(text, place)).not.toBe(value);
        if (text.length > 4) expect(value).not.toContain(text);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['another owner', { ...place, owner: 'u-2' }],
    ['another column', { ...place, column: 'label' }],
    ['another table', { ...place, table: 'identity.mfa' }],
    ['parts shifted between table and column', { table: 'ai', column: 'provider_keyssecret', owner: 'u-1' }],
  ])('does not read a value that was moved to %s', (_what, elsewhere) => {
    const value = cipher.encrypt('sk-live', place);
    expect(() => cipher.decrypt(value, elsewhere)).toThrow(FieldCipherError);
  });

  it('does not read a value any bit of which was changed', () => {
    const value = cipher.encrypt('sk-live-0123456789', place);
    const [version, id, body = ''] = value.split('.');
    const bytes = Buffer.from(body, 'base64url');
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
      expect(() => cipher.decrypt([version, id, changed.toString('base64url')].join('.'), place)).toThrow(
        FieldCipherError,
      );
    }
  });

  it('reads old values while both keys live, writes with the new one and says what is left to rotate', () => {
    const before = new FieldCipher(parseFieldKeys(oldKey)).encrypt('x', place);
    const both = new FieldCipher(parseFieldKeys(`${newKey}, ${oldKey}`));
    expect(both.decrypt(before, place)).toBe('x');
    expect(before.startsWith(both.prefix)).toBe(false);
    expect(both.encrypt('x', place).startsWith(both.prefix)).toBe(true);
    expect(() => cipher.decrypt(before, place)).toThrow('"2025"');
  });

  it.each(['', 'plain text', 'v2.a.b', 'v1.2026', 'v1.2026.AAAA', 'v1.2026.a.b'])(
    'refuses %j with a reason',
    (value) => {
      expect(() => cipher.decrypt(value, place)).toThrow(FieldCipherError);
    },
  );

  it.each(['', '2026:', ':AAAA', `2026:${Buffer.alloc(31).toString('base64')}`, `${newKey},${newKey}`, 'Ä:AAAA'])(
    'refuses the keys %j',
    (text) => {
      expect(() => parseFieldKeys(text)).toThrow();
    },
  );
});
