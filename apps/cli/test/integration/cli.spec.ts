import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { APPS, SERVICES } from '#contracts';
import { parseNatsConfig } from '#messaging';
import { roleNameOf } from '#persistence';
import { readSettings } from '#platform';
import { SETTINGS_OF } from '../../src/apps.js';
import { cli } from './command-line.js';

describe('careercopilot', () => {
  it('explains every command with an example and the exit codes, within one screen', async () => {
    const commands = [
      'audit',
      'audit verify',
      'import',
      'import-users',
      'migrate',
      'reseal',
      'secrets',
      'settings',
      'webhooks',
    ];
    for (const command of [...commands, 'webhooks listen']) {
      const { code, out } = await cli([...command.split(' '), '--help']);
      expect([command, code]).toEqual([command, 0]);
      expect(out).toMatch(/Examples?:\n +.*careercopilot/);
      expect(out).toContain('78   a setting is missing or wrong');
      expect(out.split('\n').length).toBeLessThan(45);
    }
  });

  it.each([
    [['audit', 'burn']],
    [['fly']],
    [['import']],
    [['import-users']],
    [['import-users', 'one.jsonl', 'two.jsonl']],
    [['settings', 'mainframe']],
    [['secrets', '--format', 'xml']],
    [['migrate', '-x']],
    [['webhooks', 'listen', '--port', '70000']],
    [['webhooks', 'shout']],
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
