import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { messagingMigrations } from '#messaging';
import { schemaDrift, type ServiceSchema } from '#persistence';
import { assertNoDrift, createTestDatabase, type TestDatabase } from '#testing';
import { jobsSchema } from '../../src/index.js';
import { SOURCE_COLUMNS } from '../../src/ingestion/posting-row.js';
import { jobsTables } from '../../src/tables.js';

// The server is shared with other suites.

/** A schema with nothing but the tables every service has. */
const bare: ServiceSchema = { service: 'analytics', entities: [], migrations: messagingMigrations };

describe('the tables of jobs-ingestion', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await createTestDatabase([jobsSchema, bare]);
  });
  afterAll(() => db.drop());

  it('are those the statements were written for', async () => {
    await assertNoDrift(db.adminUrl, [jobsSchema]);
  });

  it('are all described', async () => {
    const rows = await db.admin<{ name: string }>(
      `SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'jobs'::regnamespace AND relkind IN ('r', 'p')
       EXCEPT SELECT relname::text FROM pg_class WHERE relnamespace = 'analytics'::regnamespace`,
    );
    expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(jobsTables).sort());
  });

  it('take what a posting is inserted with', () => {
    for (const [name, type] of Object.entries(SOURCE_COLUMNS)) {
      const described = jobsTables['posting']?.[name]?.replace(/ NOT NULL$|\(.*\)/g, '');
      expect([name, described?.replace('timestamp with time zone', 'timestamptz')]).toEqual([name, type]);
    }
  });

  it('are missed when a column is dropped, added, made nullable or of another type', async () => {
    await db.admin(`ALTER TABLE jobs.posting DROP COLUMN excerpt`);
    await db.admin(`ALTER TABLE jobs.bookmark ADD COLUMN colour text`);
    await db.admin(`ALTER TABLE jobs.sighting ALTER COLUMN layer DROP NOT NULL`);
    await db.admin(`ALTER TABLE jobs.match_profile ALTER COLUMN version TYPE bigint`);
    await db.admin(`DROP TABLE jobs.source_validator`);
    const found = await schemaDrift(db.adminUrl, [jobsSchema]);
    expect(found).toEqual([
      'jobs-ingestion: bookmark.colour is text, described as nothing',
      'jobs-ingestion: match_profile.version is bigint NOT NULL, described as integer NOT NULL',
      'jobs-ingestion: posting.excerpt is missing, described as text NOT NULL',
      'jobs-ingestion: sighting.layer is text, described as text NOT NULL',
      ...['etag', 'key', 'last_modified', 'source'].map((column) =>
        expect.stringContaining(`source_validator.${column} is missing`),
      ),
    ]);
    await expect(assertNoDrift(db.adminUrl, [jobsSchema])).rejects.toThrow('posting.excerpt is missing');
  });
});
