import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '#kernel';
import { readCursor } from './cursor.js';
import { skillKey, splitTextQuery } from './words.js';

describe('splitTextQuery', () => {
  it.each([
    ['C++ developer', { words: 'developer', lexemes: ['c++'] }],
    ['senior c# .NET engineer', { words: 'senior engineer', lexemes: ['c#', '.net'] }],
    ['f#', { words: '', lexemes: ['f#'] }],
    ['plain words', { words: 'plain words', lexemes: [] }],
    ['"c++ developer"', { words: '"c++ developer"', lexemes: [] }],
    ['java -c++', { words: 'java -c++', lexemes: [] }],
    ['asp.net', { words: 'asp.net', lexemes: [] }],
  ])('%s', (q, expected) => {
    expect(splitTextQuery(q)).toEqual(expected);
  });

  it('loses no word and makes lexemes that need no quoting', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60, unit: 'binary' }), (q) => {
        const { words, lexemes } = splitTextQuery(q);
        for (const lexeme of lexemes) {
          expect(lexeme).not.toMatch(/['\\\s]/);
          expect(q.toLowerCase()).toContain(lexeme);
        }
        if (lexemes.length === 0 && !q.includes('"')) expect(words).toBe(q.replace(/\s+/g, ' ').trim());
      }),
    );
  });

  it('compares skills without case and spare space', () => {
    expect(skillKey('  Machine   Learning ')).toBe('machine learning');
  });
});

describe('readCursor', () => {
  const id = '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d21';
  const encode = (parts: unknown): string => Buffer.from(JSON.stringify(parts)).toString('base64url');

  it('reads what a page of the same sort ended with', () => {
    const text = encode(['posted_date', true, '2026-11-20T10:00:00.123456+00:00', id, null, 42, false]);
    expect(readCursor(text, 'posted_date', true)).toMatchObject({ id, total: 42, capped: false, asOf: null });
  });

  it.each<[string, unknown]>([
    ['another sort', ['salary', true, 5, id, null, 1, false]],
    ['the other direction', ['posted_date', false, '2026-11-20T10:00:00Z', id, null, 1, false]],
    ['a key that is no time', ['posted_date', true, 'now()', id, null, 1, false]],
    ['an id that is none', ['posted_date', true, '2026-11-20T10:00:00Z', 'x', null, 1, false]],
    ['a total that is none', ['posted_date', true, '2026-11-20T10:00:00Z', id, null, -1, false]],
    ['too few parts', ['posted_date', true]],
    ['no list', { sort: 'posted_date' }],
  ])('refuses %s', (_name, parts) => {
    expect(() => readCursor(encode(parts), 'posted_date', true)).toThrow(AppError);
  });

  it('refuses any other text, without another kind of error', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        expect(() => readCursor(text, 'relevance', true)).toThrow(AppError);
      }),
    );
  });
});
