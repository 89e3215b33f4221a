import { describe, expect, it } from '@jest/globals';
import { coerceQuery } from './coerce-query.js';
import { Closed, CountryCode, Line, Nullable, StringEnum, Timestamp, Type, Uuid } from './schema.js';
import { compileSchema } from './validation.js';

const problemsOf = (schema: Parameters<typeof compileSchema>[0], value: unknown): string[] =>
  compileSchema(schema)
    .problems(value)
    .map((problem) => `${problem.field}: ${problem.message}`);

describe('compileSchema', () => {
  it('finds nothing wrong with a valid value', () => {
    const schema = Closed({ id: Uuid(), note: Nullable(Line(1, 5)) });
    expect(problemsOf(schema, { id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11', note: null })).toEqual([]);
  });

  it('names the field and the bound in words', () => {
    const schema = Closed({
      password: Type.String({ minLength: 8 }),
      tags: Type.Array(Type.String(), { maxItems: 1 }),
      salary: Type.Number({ minimum: 1, maximum: 10 }),
      when: Timestamp(),
      links: Type.Array(Closed({ url: Type.String({ minLength: 1 }) })),
      country: CountryCode(),
      status: StringEnum(['saved', 'applied']),
    });
    expect(
      problemsOf(schema, {
        password: 'short',
        tags: ['a', 'b'],
        salary: 11,
        when: 'soon',
        links: [{ url: '' }],
        country: 'de',
        status: 'gone',
      }),
    ).toEqual([
      'password: must have at least 8 characters',
      'tags: must have at most 1 item',
      'salary: must be at most 10',
      'when: must be a date with time and zone, e.g. 2026-11-20T10:00:00.000Z',
      'links.0.url: must have at least 1 character',
      'country: must be a country code of two capital letters, e.g. DE',
      'status: must be one of: saved, applied',
    ]);
  });

  it('reports every missing and every unknown member under its own name', () => {
    const schema = Closed({ a: Closed({ b: Type.String(), c: Type.String() }) });
    expect(problemsOf(schema, { a: { role: 'admin' } })).toEqual([
      'a.b: is required',
      'a.c: is required',
      'a.role: is not a known field',
    ]);
    expect(problemsOf(schema, [])).toEqual(['body: must be an object']);
  });

  it('speaks of a nullable field as one thing', () => {
    expect(problemsOf(Closed({ n: Nullable(Type.Integer({ minimum: 1 })) }), { n: 'x' })).toEqual([
      'n: must be a whole number or null',
    ]);
    expect(problemsOf(Closed({ n: Nullable(Type.Integer({ minimum: 1 })) }), { n: 0 })).toEqual([
      'n: must be at least 1',
    ]);
  });

  it('speaks of a union by its literals, or by the branch that was meant', () => {
    const either = Type.Union([
      Closed({ kind: Type.Literal('mail'), to: Type.String() }),
      Closed({ kind: Type.Literal('push'), device: Uuid() }),
    ]);
    expect(problemsOf(Closed({ mode: Type.Union([Type.Literal('a'), Type.Literal('b')]) }), { mode: 'c' })).toEqual([
      'mode: must be one of: a, b',
    ]);
    expect(problemsOf(Closed({ via: either }), { via: { kind: 'push', device: 'x' } })).toEqual([
      'via.device: must be a UUID',
    ]);
  });

  it('hears of more than eight mistakes at once and stops before a thousand', () => {
    const schema = Type.Array(Type.Integer());
    expect(problemsOf(schema, Array<string>(20).fill('x'))).toHaveLength(20);
    expect(problemsOf(schema, Array<string>(1000).fill('x'))).toHaveLength(50);
  });

  it('lets an event of a newer minor version pass, but not a wrong one', () => {
    const schema = Closed({ count: Type.Integer() });
    expect(compileSchema(schema).problemsIgnoringUnknown({ count: 1, added_later: true })).toEqual([]);
    expect(compileSchema(schema).problemsIgnoringUnknown({ count: 'x', added_later: true })).toEqual([
      { field: 'count', message: 'must be a whole number' },
    ]);
  });
});

describe('coerceQuery', () => {
  const schema = Closed({
    page: Type.Optional(Type.Integer({ minimum: 1, default: 1 })),
    min: Type.Optional(Nullable(Type.Number())),
    remote: Type.Optional(Type.Boolean()),
    skills: Type.Optional(Type.Array(Type.String())),
    years: Type.Optional(Type.Array(Type.Integer())),
    q: Type.Optional(Type.String()),
  });

  it('reads numbers, booleans and lists, and fills defaults', () => {
    expect(coerceQuery(schema, { min: '1.5', remote: 'false', skills: 'a, b', years: ['1', '2,3'], q: '' })).toEqual({
      min: 1.5,
      remote: false,
      skills: ['a', 'b'],
      years: [1, 2, 3],
      q: '',
      page: 1,
    });
  });

  it('leaves what it cannot read, or does not know, for the validator to name', () => {
    const coerced = coerceQuery(schema, { page: '1e3', remote: 'maybe', min: '0x10', other: '1', q: ['a', 'b'] });
    expect(problemsOf(schema, coerced).sort()).toEqual([
      'min: must be a number or null',
      'other: is not a known field',
      'page: must be a whole number',
      'q: must be text',
      'remote: must be true or false',
    ]);
  });

  it('treats an empty parameter that is not text as absent', () => {
    expect(coerceQuery(schema, { page: '', min: '', skills: '' })).toEqual({ skills: [], page: 1 });
  });

  it('does not take a parameter called __proto__ for one of ours', () => {
    const coerced = coerceQuery(schema, JSON.parse('{"__proto__":"1","constructor":"2"}'));
    expect(compileSchema(schema).check(coerced)).toBe(false);
    expect(Object.getPrototypeOf(coerced)).toBe(Object.prototype);
  });
});
