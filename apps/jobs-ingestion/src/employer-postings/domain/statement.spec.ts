import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { changedStatement, OPEN_DAYS, problemsOf, type Statement, statementOf } from './statement.js';

const now = new Date('2026-11-20T10:00:00.000Z');
const said = { title: 'Gardener', company: 'Parkwerk', description: 'Plants need you.' };
const full: Statement = statementOf(
  { ...said, salary_min: 40_000, salary_max: 50_000, currency: 'EUR', url: 'https://park.example/1' },
  now,
);
const fields = (changes: Partial<Statement>): string[] =>
  problemsOf({ ...full, ...changes }, now).map(({ field }) => field);

describe('a statement of an employer', () => {
  it('says nothing where nothing was said, and is open for a while', () => {
    const { title, company, description, expires_at: expires, ...rest } = statementOf(said, now);
    expect({ title, company, description }).toEqual(said);
    expect(Date.parse(expires) - now.getTime()).toBe(OPEN_DAYS * 86_400_000);
    expect(new Set(Object.values(rest))).toEqual(new Set([null]));
  });

  it.each([
    ['salary_max', { salary_min: 60_000 }],
    ['currency', { currency: null }],
    ['url', { url: 'javascript:alert(1)' }],
    ['url', { url: 'https://' }],
    ['company_logo', { company_logo: 'data:image/svg+xml,<svg/>' }],
    ['expires_at', { expires_at: '2026-11-20T09:59:59.000Z' }],
    ['expires_at', { expires_at: '2028-01-01T00:00:00.000Z' }],
    ['expires_at', { expires_at: '2026-12-31T23:59:60Z' }],
  ] satisfies [string, Partial<Statement>][])('is refused naming %s: %j', (field, changes) => {
    expect(fields(changes)).toEqual([field]);
  });

  it('names everything that is wrong at once', () => {
    expect(fields({ salary_min: 60_000, currency: null, url: 'nowhere' })).toEqual(['salary_max', 'currency', 'url']);
  });

  it('keeps what a change does not name, and clears what it names null', () => {
    const change = fc.record(
      {
        location: fc.option(fc.string()),
        salary_min: fc.option(fc.integer({ min: 1 })),
        skills: fc.option(fc.array(fc.string())),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(change, change, (first, second) => {
        const before = changedStatement(full, first, now);
        const after = changedStatement(before, second, now);
        for (const [name, value] of Object.entries(after)) {
          const wanted = name in second ? Reflect.get(second, name) : Reflect.get(before, name);
          expect([name, value]).toEqual([name, wanted]);
        }
      }),
    );
  });
});
