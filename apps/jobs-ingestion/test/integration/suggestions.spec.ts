import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compileSchema, SuggestJobsResponse, type SuggestJobsRequest } from '#contracts';
import { eventually, type OpenedService, type TestDatabase } from '#testing';
import pg from 'pg';
import { jobsSchema } from '../../src/index.js';
import { SuggestionRepository } from '../../src/suggestions/suggestion.repository.js';
import { SuggestionsService } from '../../src/suggestions/suggestions.service.js';
import { aPosting, ingestionOver, openJobs } from './fixtures.js';

// The server is shared with other suites.

describe('suggestions', () => {
  let opened: { db: TestDatabase } & OpenedService;
  let suggestions: SuggestionsService;

  const ask = async (request: SuggestJobsRequest): Promise<string[]> => {
    const value: unknown = JSON.parse(Buffer.from((await suggestions.suggest(request)).bytes).toString('utf8'));
    const schema = compileSchema(SuggestJobsResponse);
    if (!schema.check(value)) throw new Error(JSON.stringify(schema.problems(value, 'body')));
    return value.suggestions.map(({ kind, text, jobs }) => `${kind}: ${text} (${jobs})`);
  };

  beforeAll(async () => {
    opened = await openJobs();
    suggestions = new SuggestionsService(opened.database, opened.unitOfWork, new SuggestionRepository());
    await ingestionOver(opened).ingest(
      [
        aPosting({ title: 'TypeScript Engineer (m/w/d)', company: 'Typhoon GmbH', locationText: 'München' }),
        aPosting({ title: 'TypeScript Engineer', company: 'Northwind AG', locationText: 'Munich, Germany' }),
        aPosting({ title: 'C++ Developer', company: 'Contoso', locationText: 'Vienna, Austria' }),
        aPosting({ title: 'Site Manager', company: 'Øresund Works', locationText: 'Somewhere else' }),
      ],
      { runId: null },
    );
    await suggestions.recountIfChanged();
  });
  afterAll(() => opened.db.drop());

  it('are titles, skills, employers and places that begin so, with the number of their jobs', async () => {
    expect(await ask({ q: 'typ' })).toEqual([
      'title: TypeScript Engineer (2)',
      'skill: TypeScript (2)',
      'company: Typhoon GmbH (1)',
    ]);
  });

  it('are found by any of their words, and by several that are begun', async () => {
    expect(await ask({ q: 'engin', kinds: ['title'] })).toEqual(['title: TypeScript Engineer (2)']);
    expect(await ask({ q: 'eng typ', kinds: ['title'] })).toEqual(['title: TypeScript Engineer (2)']);
    expect(await ask({ q: 'eng zzz' })).toEqual([]);
  });

  it.each([
    ['mün', ['location: Munich, Germany (2)']],
    ['MUNI', ['location: Munich, Germany (2)']],
    // Swedish and Norwegian.
    ['tyskl', ['location: Germany (2)']],
    ['allemag', ['location: Germany (2)']],
    ['wien', ['location: Vienna, Austria (1)']],
    ['ores', ['company: Øresund Works (1)']],
  ])('are found under the names of other languages and without accents: %s', async (q, expected) => {
    expect(await ask({ q })).toEqual(expected);
  });

  it('put what begins with the typed words before what more jobs have', async () => {
    expect(await ask({ q: 'ger', kinds: ['location'] })).toEqual([
      'location: Germany (2)',
      'location: Munich, Germany (2)',
    ]);
  });

  it('stay within the kinds and the number asked for', async () => {
    expect(await ask({ q: 'ger', kinds: ['location'], limit: 1 })).toEqual(['location: Germany (2)']);
    expect(await ask({ q: 'ger', kinds: ['skill'] })).toEqual([]);
  });

  it.each(["'", "a' | b", 'c++', '!!', ':*', '\\\\', '(((', '<->'])('take %j for text', async (q) => {
    await expect(ask({ q: `${q} ` })).resolves.toEqual(expect.any(Array));
  });

  it('forget closed jobs, and are counted again only when something was written', async () => {
    await opened.db.admin(`UPDATE jobs.posting SET closed_at = now() WHERE company = 'Typhoon GmbH'`);
    await written();
    expect(await ask({ q: 'typ' })).toEqual(['title: TypeScript Engineer (1)', 'skill: TypeScript (1)']);
    expect(await suggestions.recountIfChanged()).toBe(false);
  });

  it('are right where two leaders count at once and what they count changes between them', async () => {
    const leader = async (): Promise<SuggestionsService> => {
      const { database, unitOfWork } = await opened.db.open(jobsSchema, { DATABASE_STATEMENT_TIMEOUT_MS: 60_000 });
      return new SuggestionsService(database, unitOfWork, new SuggestionRepository());
    };
    const [first, second] = [await leader(), await leader()];
    const setOpen = (isOpen: boolean) =>
      opened.db.admin(`UPDATE jobs.posting SET closed_at = $1 WHERE company = 'Contoso'`, [isOpen ? null : new Date()]);
    const waiting = async (): Promise<number> =>
      (
        await opened.db.admin(
          `SELECT 1 AS one FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        )
      ).length;
    // Holds up whoever takes away the title of the only job it stands for.
    const blocker = new pg.Client({ connectionString: opened.db.adminUrl });
    await blocker.connect();
    try {
      await blocker.query('BEGIN');
      await blocker.query(`SELECT 1 FROM jobs.suggestion WHERE text = 'C++ Developer' FOR UPDATE`);
      await setOpen(false);
      const slow = first.recountIfChanged();
      await eventually(async () => expect(await waiting()).toBe(1), { timeoutMs: 20_000 });
      await setOpen(true);
      const state = { isDone: false };
      const quick = second.recountIfChanged().finally(() => (state.isDone = true));
      await eventually(async () => expect(state.isDone || (await waiting()) === 2).toBe(true), { timeoutMs: 20_000 });
      await blocker.query('COMMIT');
      expect(await Promise.all([slow, quick])).toEqual([true, true]);
    } finally {
      await blocker.end();
    }
    expect(await ask({ q: 'c++', kinds: ['title', 'skill'] })).toEqual(['title: C++ Developer (1)', 'skill: C++ (1)']);
    const twice = await opened.db.admin('SELECT kind, key FROM jobs.suggestion GROUP BY 1, 2 HAVING count(*) > 1');
    expect(twice).toEqual([]);
  });

  /** PostgreSQL tells of writes some moments later. */
  async function written(): Promise<void> {
    while (!(await suggestions.recountIfChanged())) await new Promise((resolve) => setTimeout(resolve, 50));
  }
});
