import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '#kernel';
import { parseJsonBody, repeatedMember } from './json-body.js';

const refusal = (body: string | Buffer): string => {
  try {
    parseJsonBody(Buffer.from(body));
    return 'accepted';
  } catch (error) {
    return error instanceof AppError ? error.kind : 'something else';
  }
};

describe('a JSON body', () => {
  it.each([
    ['{"a":1}', 'accepted'],
    ['[]', 'accepted'],
    ['{"a":{"a":1},"b":[{"a":1},{"a":2}]}', 'accepted'],
    ['{"a":"a","b":"a"}', 'accepted'],
    ['{"a":"\\"b\\":1","b":1}', 'accepted'],
    ['', 'malformed'],
    ['{', 'malformed'],
    ['{"a":1}x', 'malformed'],
    ["{'a':1}", 'malformed'],
    ['{"a":NaN}', 'malformed'],
    ['{"a":1,}', 'malformed'],
    ['\ufeff{"a":1}', 'malformed'],
    ['{"a":1,"a":2}', 'malformed'],
    ['{"a":1,"\\u0061":2}', 'malformed'],
    ['{"b":[{"x":1 , "x" : 2}]}', 'malformed'],
    ['{"a":"\\u0000"}', 'invalid'],
    ['{"a":"\\ud800"}', 'invalid'],
    ['{"\\ud800":1}', 'invalid'],
    ['{"a":"\\ud83d\\ude00"}', 'accepted'],
    [Buffer.from([0x22, 0xff, 0x22]), 'malformed'],
    [Buffer.from('{"a":1}', 'utf16le'), 'malformed'],
    ['['.repeat(20) + ']'.repeat(20), 'accepted'],
    ['['.repeat(21) + ']'.repeat(21), 'invalid'],
    ['['.repeat(100_000), 'malformed'],
    [JSON.stringify(Array(1000).fill(1)), 'accepted'],
    [JSON.stringify(Array(1001).fill(1)), 'invalid'],
  ])('number %# is read or refused as it should be', (body, expected) => {
    expect(refusal(body)).toBe(expected);
  });

  it('is read as JSON.parse reads it, when no member is repeated', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        expect(repeatedMember(text)).toBeUndefined();
      }),
    );
  });

  it('is refused whenever some object repeats a member, wherever it is', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.string(), fc.json({ maxDepth: 4 }), (first, name, second) => {
        const key = JSON.stringify(name);
        expect(repeatedMember(`[{"o":{${key}:${first}, "other ${'x'}":1,${key} :${second}}}]`)).toBe(name);
      }),
    );
  });
});
