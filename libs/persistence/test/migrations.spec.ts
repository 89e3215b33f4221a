import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SERVICES } from '#contracts';
import { readSettings } from '#platform';
import {
  assertNoDrift,
  createEmptyDatabase,
  createTestDatabase,
  TEST_ROLE_PASSWORD,
  type TestDatabase,
} from '#testing';
import pg from 'pg';
import { Column, Entity, type MigrationInterface, PrimaryColumn, type QueryRunner } from 'typeorm';
import {
  databaseSettings,
  migrate,
  pendingMigrations,
  PostgresDatabase,
  roleNameOf,
  roleWallBreaches,
  schemaDrift,
  schemaNameOf,
  type ServiceSchema,
  urlForRole,
  withAdmin,
} from '../src/index.js';
import { allSchemas, notesOf } from './fixtures.js';

const passwords = Object.fromEntries(SERVICES.map((service) => [service, TEST_ROLE_PASSWORD]));

class AddColour1700000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE notes ADD COLUMN colour text');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE notes DROP COLUMN colour');
  }
}

@Entity('notes')
class NoteWithAnotherIdea {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'notes_pkey' })
  declare id: string;

  @Column('text', { nullable: true })
  declare title: string | null;
}

const withColour: ServiceSchema = {
  ...notesOf('identity'),
  migrations: [...notesOf('identity').migrations, AddColour1700000000002],
};

describe('migrating', () => {
  let empty: { adminUrl: string; drop: () => Promise<void> };
  beforeAll(async () => {
    empty = await createEmptyDatabase();
  });
  afterAll(() => empty.drop());

  it('runs each migration once when two processes start together, and one says that it waits', async () => {
    const said: string[] = [];
    const run = () =>
      migrate({
        adminUrl: empty.adminUrl,
        schemas: allSchemas,
        rolePasswords: passwords,
        say: (line) => said.push(line),
      });
    const reports = await Promise.all([run(), run()]);
    const applied = reports.flatMap((report) => report.applied);
    expect(applied.map(({ service }) => service).sort()).toEqual([...SERVICES].sort());
    expect(said).toContain('another migration is running; waiting for it');
    expect((await run()).applied).toEqual([]);
  });

  it('tells what is pending and what a newer release has run, with the role of the service', async () => {
    const schema = notesOf('identity');
    const settings = readSettings(databaseSettings, {
      DATABASE_URL: urlForRole(empty.adminUrl, 'identity', TEST_ROLE_PASSWORD),
    });
    const database = await PostgresDatabase.open(schema, settings);
    try {
      expect(await pendingMigrations(database, withColour)).toEqual({
        service: 'identity',
        pending: ['AddColour1700000000002'],
        unknown: [],
      });
      const older = { ...schema, migrations: [] };
      expect(await pendingMigrations(database, older)).toMatchObject({ unknown: ['CreateNotes1700000000001'] });
      const forged = database.query('forge', `INSERT INTO migrations (timestamp, name) VALUES (1, 'forged')`);
      await expect(forged).rejects.toMatchObject({ sqlState: '42501' });
    } finally {
      await database.close();
    }
  });

  it('waits for a lock instead of queueing behind it, and applies the migration afterwards', async () => {
    const reader = new pg.Client({ connectionString: empty.adminUrl });
    await reader.connect();
    await reader.query('BEGIN');
    await reader.query('SELECT * FROM identity.notes');
    const said: string[] = [];
    const migrating = migrate({
      adminUrl: empty.adminUrl,
      schemas: [withColour],
      rolePasswords: passwords,
      say: (line) => {
        said.push(line);
        void reader.query('COMMIT');
      },
    });
    expect((await migrating).applied).toEqual([{ service: 'identity', migration: 'AddColour1700000000002' }]);
    expect(said).toEqual(['migrations of identity: waiting for a lock, trying again']);
    await reader.end();
  });

  it('works with one role only when asked to, and warns', async () => {
    const single = await createEmptyDatabase();
    try {
      const schemas = [notesOf('identity')];
      await expect(migrate({ adminUrl: single.adminUrl, schemas, rolePasswords: {} })).rejects.toThrow('identity');
      const report = await migrate({ adminUrl: single.adminUrl, schemas, rolePasswords: {}, singleRole: true });
      expect(report.applied).toHaveLength(1);
      expect(report.warnings).toEqual([expect.stringContaining('One database role')]);
    } finally {
      await single.drop();
    }
  });
});

describe('the drift check', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await createTestDatabase(allSchemas);
  });
  afterAll(() => db.drop());

  it('finds nothing when migrations and entities agree', async () => {
    await assertNoDrift(db.adminUrl, allSchemas);
  });

  it('lists an entity that says something else', async () => {
    const planted: ServiceSchema = { ...notesOf('analytics'), entities: [NoteWithAnotherIdea] };
    const found = (await schemaDrift(db.adminUrl, [planted])).join('\n');
    expect(found).toContain('analytics: ALTER TABLE');
    expect(found).toMatch(/DROP COLUMN "hits"/);
    expect(found).toMatch(/"title" DROP NOT NULL/);
    await expect(assertNoDrift(db.adminUrl, [planted])).rejects.toThrow('migrations and entities differ');
  });

  it('lists a column the database has and the entity has not', async () => {
    await db.admin('ALTER TABLE ai.notes ADD COLUMN by_hand text');
    const found = await schemaDrift(db.adminUrl, [notesOf('ai-content')]);
    expect(found).toEqual(['ai-content: ALTER TABLE "notes" DROP COLUMN "by_hand"']);
  });
});

describe('role walls', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await createTestDatabase(allSchemas);
  });
  afterAll(() => db.drop());

  const refused = async (client: pg.Client, sql: string) =>
    client.query(sql).then(
      () => `ALLOWED: ${sql}`,
      (error: unknown) => (error instanceof pg.DatabaseError ? error.code : String(error)),
    );

  it('refuses each of the six roles every read, write and definition in the five other schemas', async () => {
    let refusals = 0;
    for (const service of SERVICES) {
      const client = new pg.Client({ connectionString: db.urlOf(service) });
      await client.connect();
      for (const other of SERVICES.filter((name) => name !== service)) {
        const schema = schemaNameOf(other);
        for (const sql of [
          `SELECT * FROM ${schema}.notes`,
          `INSERT INTO ${schema}.notes (id, title) VALUES (gen_random_uuid(), 'x')`,
          `UPDATE ${schema}.notes SET hits = 1`,
          `DELETE FROM ${schema}.notes`,
          `SELECT nextval('${schema}.note_numbers')`,
          `CREATE TABLE ${schema}.intruder (id int)`,
          `DROP TABLE ${schema}.notes`,
        ]) {
          expect([service, sql, await refused(client, sql)]).toEqual([service, sql, '42501']);
          refusals += 1;
        }
      }
      await client.end();
    }
    expect(refusals).toBe(6 * 5 * 7);
  });

  it('lets a role work with data in its own schema and define nothing anywhere', async () => {
    for (const service of SERVICES) {
      const client = new pg.Client({ connectionString: db.urlOf(service) });
      await client.connect();
      const own = schemaNameOf(service);
      await client.query(`INSERT INTO ${own}.notes (id, title) VALUES (gen_random_uuid(), 'mine')`);
      expect((await client.query(`DELETE FROM ${own}.notes`)).rowCount).toBe(1);
      for (const sql of [
        `CREATE TABLE ${own}.more (id int)`,
        `ALTER TABLE ${own}.notes ADD COLUMN more text`,
        `TRUNCATE ${own}.notes`,
        'CREATE TABLE public.more (id int)',
        'CREATE TEMPORARY TABLE more (id int)',
        'CREATE SCHEMA more',
        'CREATE ROLE more',
        `SET ROLE ${roleNameOf(service === 'identity' ? 'analytics' : 'identity')}`,
      ]) {
        expect([service, sql, await refused(client, sql)]).toEqual([service, sql, '42501']);
      }
      await client.end();
    }
  });

  it('lets nobody in who was not granted this database', async () => {
    await db.admin('DROP ROLE IF EXISTS cc_test_stranger');
    await db.admin(`CREATE ROLE cc_test_stranger LOGIN PASSWORD 'test'`);
    const url = new URL(db.adminUrl);
    url.username = 'cc_test_stranger';
    url.password = 'test';
    const stranger = new pg.Client({ connectionString: url.href });
    await expect(stranger.connect()).rejects.toMatchObject({ code: '42501' });
    await db.admin('DROP ROLE cc_test_stranger');
  });

  describe('as the checker sees them', () => {
    const breaches = (change?: string) =>
      withAdmin(db.adminUrl, async (admin) => {
        // Undone again: roles are of the whole server, where other suites run.
        await admin.query('BEGIN');
        if (change !== undefined) await admin.query(change);
        const found = await roleWallBreaches(admin, SERVICES);
        await admin.query('ROLLBACK');
        return found;
      });

    it('have no breach after a migration', async () => {
      expect(await breaches()).toEqual([]);
    });

    it.each([
      ['GRANT USAGE ON SCHEMA identity TO cc_jobs', 'cc_jobs: USAGE on schema identity'],
      ['GRANT SELECT ON identity.notes TO cc_jobs', 'cc_jobs: SELECT on identity.notes'],
      ['GRANT TRUNCATE ON analytics.notes TO cc_analytics', 'cc_analytics: TRUNCATE on analytics.notes'],
      ['ALTER ROLE cc_applications BYPASSRLS', 'cc_applications: may bypass row security'],
      ['GRANT CREATE ON SCHEMA public TO PUBLIC', 'cc_ai: CREATE on schema public'],
      ['GRANT cc_identity TO cc_notifications', 'cc_notifications: is a member of cc_identity'],
    ])('report it when somebody runs %s', async (change, breach) => {
      expect(await breaches(change)).toContain(breach);
    });
  });
});
