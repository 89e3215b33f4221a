import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiDocument, eventually } from '#testing';
import pg from 'pg';
import { ApiClient } from './support/api-client.js';
import { type Composed, startComposed } from './support/composed.js';
import { theOwner } from './support/people.js';

describe('a database that does not answer in time', () => {
  let platform: Composed;
  let api: ApiClient;
  beforeAll(async () => {
    // One connection each: one that came back broken would be the one that is asked next. A job of the minute may hold
    // it until its own statement is cut: twice the time-out has to stay well below the five seconds of a call.
    platform = await startComposed({
      DATABASE_STATEMENT_TIMEOUT_MS: '1500',
      DATABASE_POOL_SIZE: '1',
      DATABASE_SEARCH_POOL_SIZE: '1',
    });
    api = new ApiClient(platform.url, ApiDocument.read());
    await api.post('/jobs/scrape', { token: await theOwner(api), body: { sources: ['sample-feed'] } });
    await eventually(async () => expect((await api.get('/jobs/facets')).body.total).toBeGreaterThan(0), {
      timeoutMs: 60_000,
      everyMs: 500,
    });
  }, 180_000);
  afterAll(() => platform.stop(), 60_000);

  it.each([
    ['/jobs/facets?q=engineer', 'jobs.posting'],
    ['/jobs/suggest?q=engineer', 'jobs.suggestion'],
  ])(
    'is a 504 of %s that holds nothing else, and the next one is answered',
    async (path, table) => {
      expect((await api.get(path)).status).toBe(200);
      const blocker = new pg.Client({ connectionString: platform.database.adminUrl });
      await blocker.connect();
      try {
        await blocker.query('BEGIN');
        await blocker.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
        const late = await api.get(path);
        expect([late.status, Object.keys(late.body)]).toEqual([504, ['error']]);
        expect(late.body.error).toMatchObject({
          code: 'GATEWAY_TIMEOUT',
          message: 'The database took too long to answer.',
        });
      } finally {
        await blocker.end();
      }
      expect((await api.get(path)).status).toBe(200);
    },
    60_000,
  );
});
