import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readSlug } from './slug.js';

describe('slugs', () => {
  it('are kept in lower case and without blanks around', () => {
    expect(readSlug(' Ada-Lovelace-1815 ')).toEqual({ slug: 'ada-lovelace-1815' });
  });

  it.each([
    ['too short', 'ab', 'characters'],
    ['too long', 'a'.repeat(41), 'characters'],
    ['empty', '', 'characters'],
    ['with a hyphen in front', '-ada', 'letters'],
    ['with a hyphen behind', 'ada-', 'letters'],
    ['with two hyphens', 'ada--l', 'letters'],
    ['with a Cyrillic а', 'аda-lovelace', 'letters'],
    ['with a path', '../admin', 'letters'],
    ['with NUL', 'ada\u0000', 'letters'],
    ['with a dot', 'ada.l', 'letters'],
    ['of ours', 'Admin', 'word'],
    ['of ours, too', 'me', 'characters'],
    ['of the house', 'career-copilot', 'word'],
  ])('are refused when %s', (_what, text, why) => {
    expect(readSlug(text)).toEqual({ problem: expect.stringContaining(why) });
  });

  it('read again, stay as they are', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        const read = readSlug(text);
        if ('slug' in read) expect(readSlug(read.slug)).toEqual(read);
      }),
    );
  });
});
