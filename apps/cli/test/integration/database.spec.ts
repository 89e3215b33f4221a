import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SCHEMA_OF, SERVICES } from '#contracts';
import { newId } from '#kernel';
import { urlForRole } from '#persistence';
import { FieldCipher, generateFieldKey, parseFieldKeys } from '#platform';
import { createTestDatabase, TEST_ROLE_PASSWORD, type TestDatabase } from '#testing';
import pg from 'pg';
import { SCHEMAS } from '../../src/apps.js';
import { cli, file } from './command-line.js';

describe('careercopilot migrate', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase([]);
  });
  afterAll(() => database.drop());

  const environment = (): Record<string, string> => ({
    DATABASE_ADMIN_URL: database.adminUrl,
    DATABASE_SINGLE_ROLE: 'true',
  });

  it('names every missing setting at once and exits 78 without touching the database', async () => {
    const { code, err } = await cli(['migrate']);
    expect(code).toBe(78);
    expect(err).toContain('DATABASE_ADMIN_URL');
    for (const service of SERVICES) expect(err).toContain(`DATABASE_PASSWORD_${SCHEMA_OF[service].toUpperCase()}`);
  });

  it('creates every schema, says what it applied, and has nothing to do the second time', async () => {
    const first = await cli(['migrate', '--json'], environment());
    expect([first.code, first.err]).toEqual([0, expect.stringContaining('One database role')]);
    const { applied } = JSON.parse(first.out) as { applied: { service: string }[] };
    expect(new Set(applied.map(({ service }) => service))).toEqual(new Set(SERVICES));
    const schemas = await database.admin<{ name: string }>(
      'SELECT schema_name AS name FROM information_schema.schemata',
    );
    for (const service of SERVICES) expect(schemas.map(({ name }) => name)).toContain(SCHEMA_OF[service]);
    expect(await cli(['migrate'], environment())).toMatchObject({
      code: 0,
      out: expect.stringContaining('up to date'),
    });
  });

  it('reads passwords from files, and the roles sign in with them', async () => {
    // Roles belong to the whole server, which other specs use at the same time: their password stays as it is.
    const files = Object.fromEntries(
      SERVICES.map((service) => {
        const variable = `DATABASE_PASSWORD_${SCHEMA_OF[service].toUpperCase()}`;
        return [`${variable}_FILE`, file(variable, `${TEST_ROLE_PASSWORD}\n`)];
      }),
    );
    const own = await createTestDatabase([]);
    try {
      expect((await cli(['migrate'], { DATABASE_ADMIN_URL: own.adminUrl, ...files })).code).toBe(0);
      const client = new pg.Client({
        connectionString: urlForRole(own.adminUrl, 'jobs-ingestion', TEST_ROLE_PASSWORD),
      });
      await client.connect();
      await expect(client.query('SELECT count(*) FROM identity.migrations')).rejects.toThrow(/permission denied/);
      await client.end();
    } finally {
      await own.drop();
    }
  });

  it('fails with code 1 and words when the database is not there', async () => {
    const { code, err } = await cli(['migrate'], {
      DATABASE_ADMIN_URL: 'postgres://nobody@127.0.0.1:1/nothing',
      DATABASE_SINGLE_ROLE: 'true',
    });
    expect(code).toBe(1);
    expect(err).toMatch(/^error: .*ECONNREFUSED/m);
  });
});

describe('careercopilot reseal', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await createTestDatabase(SCHEMAS);
  }, 60_000);
  afterAll(() => db.drop());
  const [older, newer] = [generateFieldKey('older'), generateFieldKey('newer')];
  const reseal = (keys: string) => cli(['reseal'], { DATABASE_ADMIN_URL: db.adminUrl, FIELD_KEYS: keys });

  it('names what the old key still seals, and says when it seals nothing any more', async () => {
    const id = newId();
    const place = { table: 'notifications.local_mail', column: 'content', owner: id };
    const sealed = new FieldCipher(parseFieldKeys(older)).encrypt('Dear Ana', place);
    await db.admin(
      `INSERT INTO notifications.local_mail (id, kind, content, created_at) VALUES ($1, 'sign_in_code', $2, now())`,
      [id, sealed],
    );
    const without = await reseal(newer);
    expect([without.code, without.out]).toEqual([3, expect.stringContaining('0 values sealed anew, 1 could not be')]);
    const first = await reseal(`${newer},${older}`);
    expect(first.code).toBe(0);
    expect(first.out).toMatch(/^notifications\.local_mail\.content +newer +1$/m);
    expect(first.out).toContain('1 values sealed anew, 0 could not be opened\nkey older: seals nothing any more\n');
    expect((await reseal(`${newer},${older}`)).out).toContain('0 values sealed anew');
    const [row] = await db.admin<{ content: string }>('SELECT content FROM notifications.local_mail');
    expect(new FieldCipher(parseFieldKeys(newer)).decrypt(row?.content ?? '', place)).toBe('Dear Ana');
  });

  it('names every missing setting at once', async () => {
    const { code, err } = await cli(['reseal']);
    expect(code).toBe(78);
    for (const name of ['DATABASE_ADMIN_URL', 'FIELD_KEYS']) expect(err).toContain(name);
  });
});
