import 'reflect-metadata';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { APPS, SCHEMA_OF, SERVICES } from '#contracts';
import { parseNatsConfig } from '#messaging';
import { roleNameOf, urlForRole } from '#persistence';
import { readSettings } from '#platform';
import { createTestDatabase, TEST_ROLE_PASSWORD, type TestDatabase } from '#testing';
import pg from 'pg';
import { SETTINGS_OF } from '../../src/apps.js';
import { run } from '../../src/program.js';
import { FakeApi, send } from './fake-api.js';

const folder = mkdtempSync(join(tmpdir(), 'careercopilot-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

interface Outcome {
  code: number;
  out: string;
  err: string;
}

async function cli(
  words: string[],
  env: Record<string, string> = {},
  interrupted = new AbortController(),
): Promise<Outcome> {
  const said = { out: '', err: '' };
  const terminal = {
    out: (text: string) => void (said.out += text),
    err: (text: string) => void (said.err += text),
    isInteractive: false,
  };
  const code = await run(words, { terminal, env, interrupted: interrupted.signal });
  return { code, ...said };
}

describe('careercopilot', () => {
  it('explains every command with an example and the exit codes, within one screen', async () => {
    for (const command of ['import', 'migrate', 'secrets', 'settings']) {
      const { code, out } = await cli([command, '--help']);
      expect([command, code]).toEqual([command, 0]);
      expect(out).toMatch(/Examples?:\n +.*careercopilot/);
      expect(out).toContain('78   a setting is missing or wrong');
      expect(out.split('\n').length).toBeLessThan(45);
    }
  });

  it.each([
    [['fly']],
    [['import']],
    [['settings', 'mainframe']],
    [['secrets', '--format', 'xml']],
    [['migrate', '-x']],
  ])('%j is refused with code 2 and a hint', async (words) => {
    const { code, err } = await cli(words);
    expect(code).toBe(2);
    expect(err).toContain('--help');
  });
});

describe('careercopilot settings', () => {
  it('lists every setting of every app once, with who reads it', async () => {
    const { out } = await cli(['settings', '--format', 'json']);
    const listed = JSON.parse(out) as { name: string; apps: string[]; required: boolean; secret: boolean }[];
    const names = new Set(APPS.flatMap((app) => Object.keys(SETTINGS_OF[app])));
    expect(listed.map(({ name }) => name).sort()).toEqual([...names].sort());
    expect(listed.find(({ name }) => name === 'IDENTITY_KEY_SECRET')).toMatchObject({
      apps: ['identity'],
      required: true,
      secret: true,
    });
    expect(listed.find(({ name }) => name === 'DATABASE_URL')?.apps).toEqual([...SERVICES]);
  });

  it('prints one row per setting of one app, whose cells hold together', async () => {
    const { out } = await cli(['settings', 'gateway']);
    const rows = out.trim().split('\n');
    expect(rows).toHaveLength(Object.keys(SETTINGS_OF.gateway).length + 2);
    for (const row of rows) expect(row.replaceAll('\\|', '').split('|')).toHaveLength(6);
    expect(out).toContain('| `API_PORT` | `8002` |');
  });
});

describe('careercopilot secrets', () => {
  const variablesOf = (out: string): Map<string, string> =>
    new Map(
      out
        .split('\n')
        .filter((line) => line.includes('=') && !line.startsWith('#'))
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );

  it('makes other passwords every time, none of them twice, that nats-server and a URL take as they are', async () => {
    const [first, second] = [await cli(['secrets']), await cli(['secrets'])].map(({ out }) => variablesOf(out));
    const made = [...(first ?? []), ...(second ?? [])].filter(([name]) => name !== 'OWNER_EMAIL');
    expect(new Set(made.map(([, value]) => value)).size).toBe(made.length);
    const passwords = made.filter(([name]) => name !== 'FIELD_KEYS');
    expect(passwords.length).toBe(2 * (1 + SERVICES.length + APPS.length + 1 + 2));
    for (const [, value] of passwords) {
      expect(value).toMatch(/^[A-Za-z][A-Za-z0-9]{35}$/);
      expect(parseNatsConfig(`password: ${value}`)).toEqual({ password: value });
    }
  });

  it('starts identity and notifications in production', async () => {
    const made = variablesOf((await cli(['secrets', '--owner-email', 'me@example.org'])).out);
    const env = {
      ...Object.fromEntries(made),
      NODE_ENV: 'production',
      DATABASE_URL: `postgres://cc_identity:${made.get('DATABASE_PASSWORD_IDENTITY') ?? ''}@db/x`,
    };
    expect(readSettings(SETTINGS_OF.identity, env)['OWNER_EMAIL']).toBe('me@example.org');
    expect(() => readSettings(SETTINGS_OF.notifications, env)).not.toThrow();
  });

  it('prints the Secrets of a namespace, with the admin connection to the database it was told', async () => {
    const { out } = await cli([
      ...['secrets', '--format', 'kubernetes', '--namespace', 'here'],
      ...['--database-address', 'db.example:5432/jobs?sslmode=verify-full'],
    ]);
    const list = JSON.parse(out) as {
      items: { metadata: { name: string; namespace: string }; stringData: Record<string, string> }[];
    };
    expect(list.items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual([
      'here/career-copilot-database-admin',
      'here/career-copilot-database',
      'here/career-copilot-nats',
      'here/career-copilot-identity',
      'here/career-copilot-field-keys',
    ]);
    const [admin, roles] = list.items;
    expect(admin?.stringData['admin-url']).toBe(
      `postgres://postgres:${admin?.stringData['password'] ?? ''}@db.example:5432/jobs?sslmode=verify-full`,
    );
    expect(Object.keys(roles?.stringData ?? {})).toEqual(SERVICES.map((service) => roleNameOf(service)));
  });
});

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
  }, 30_000);
});

describe('careercopilot import', () => {
  let api: FakeApi;
  let url: string;
  beforeEach(async () => {
    await api?.stop();
    api = new FakeApi();
    url = await api.start();
  });
  afterAll(() => api.stop());

  const record = (id: number, more: object = {}): string =>
    JSON.stringify({ source: 'board', source_id: `id-${id}`, title: 'Baker', company: 'Northwind', ...more });
  const account = (): string[] => ['--api', url, '--password-file', file('password', 'right-password\n')];

  it('sends every readable line once, counts by source, and names every other line', async () => {
    const lines = [
      record(1),
      '{"title":',
      record(2, { title: api.refusedTitle }),
      record(3, { source: 'other' }),
      JSON.stringify({ title: 'Cook', company: 'Contoso' }),
    ];
    const path = file('My Openings.jsonl.gz', gzipSync(lines.join('\n')));
    const { code, out } = await cli(['import', path, '--json', ...account()]);
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({
      read: 5,
      totals: { fetched: 4, created: 3, rejected: 1 },
      sources: { board: { fetched: 2 }, other: { fetched: 1 }, 'my-openings': { fetched: 1 } },
      rejected: [
        { file: path, line: 2, reason: expect.stringContaining('not JSON') },
        { file: path, line: 3, reason: 'the title says nothing' },
      ],
      complete: true,
    });
    expect(api.imports.map(({ sources }) => sources)).toEqual([['board'], ['other'], ['my-openings']]);
  });

  it('splits a long file into requests below 1 MB and 1,000 postings', async () => {
    const long = 'We offer visa sponsorship. '.repeat(60);
    const many = Array.from({ length: 2_500 }, (_, id) => record(id, { description: id < 1_000 ? long : 'short' }));
    const { code, out } = await cli(['import', file('many.jsonl', many.join('\n')), ...account()]);
    expect(code).toBe(0);
    for (const { bytes, ids } of api.imports) expect([bytes < 1_000_000, ids.length <= 1_000]).toEqual([true, true]);
    expect(new Set(api.imports.flatMap(({ ids }) => ids)).size).toBe(2_500);
    expect(out).toMatch(/^total +2500 +2500/m);
  });

  it('uses the same keys the second time, and nothing is new', async () => {
    const path = file('same.csv', 'title,company,id\nBaker,Northwind,1\nCook,Contoso,2\n');
    await cli(['import', path, ...account()]);
    const { out } = await cli(['import', path, ...account()]);
    const [first, second] = api.imports;
    expect(first?.key).toBe(second?.key);
    expect(out).toMatch(/^same +2 +0 +0 +0 +0 +0 +2/m);
  });

  it('waits as long as it is told, survives a broken connection, and signs in again when the token ran out', async () => {
    const path = file('one.jsonl', record(1));
    api.next((response) => send(response, 429, {}, { 'retry-after': '1' }));
    api.next((response) => response.destroy());
    api.next((response) => {
      api.expireToken();
      send(response, 401, {});
    });
    const began = performance.now();
    const { code, err } = await cli(['import', path, ...account()]);
    expect(code).toBe(0);
    expect(performance.now() - began).toBeGreaterThan(1_000);
    expect(err).toContain('the API answered 429; trying again in 1 s');
    expect([api.signIns, api.imports.length]).toEqual([2, 1]);
  });

  it('ends after the request under way when interrupted, says so, and can be repeated', async () => {
    const path = file('long.jsonl', Array.from({ length: 3_000 }, (_, id) => record(id)).join('\n'));
    const interrupted = new AbortController();
    api.next((response) => {
      interrupted.abort();
      send(response, 503, {}, { 'retry-after': '0' });
    });
    const { code, out } = await cli(['import', path, ...account()], {}, interrupted);
    expect([code, api.imports.length]).toEqual([130, 1]);
    expect(out).toContain('Stopped before the end');
    expect((await cli(['import', path, ...account()])).out).toMatch(/^total +3000 +2000 +0 +0 +0 +0 +1000/m);
  });

  it.each([
    ['a wrong password', () => ['--password-file', file('wrong', 'x')], 1, /E-mail address or password is wrong/],
    ['no password file', () => ['--password-file', '/nowhere/password'], 1, /--password-file: .*nowhere/],
    ['an address with a path', () => ['--api', 'http://localhost/api'], 2, /without a path/],
  ])('%s is a clear failure', async (_what, options, code, words) => {
    const outcome = await cli(['import', file('x.jsonl', record(1)), ...account(), ...options()]);
    expect(outcome.code).toBe(code);
    expect(outcome.err).toMatch(words);
    expect(api.imports).toEqual([]);
  });

  it('looks at all files before it sends the first posting', async () => {
    const { code, err } = await cli(['import', file('there.jsonl', record(1)), '/nowhere.jsonl', ...account()]);
    expect([code, err]).toEqual([1, expect.stringContaining('/nowhere.jsonl')]);
    expect(api.imports).toEqual([]);
  });
});
