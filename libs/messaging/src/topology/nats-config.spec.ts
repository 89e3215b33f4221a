import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { APPS } from '#contracts';
import { lintNatsConfig, lintNatsImage, lintTopology } from './nats-config-lint.js';
import { parseNatsConfig } from './nats-config-parse.js';
import { renderNatsConfig } from './nats-config.js';
import { defaultTopologySettings, Topology } from './topology.js';

const REMEDY = 'npm run sync:nats';
const read = (file: string): string => readFileSync(`deploy/nats/${file}`, 'utf8');

describe('deploy/nats', () => {
  it(`is what the contracts produce (${REMEDY} writes it anew)`, () => {
    expect(read('nats.conf')).toBe(renderNatsConfig({ profile: 'shipped' }));
    expect(read('nats-cluster.conf')).toBe(renderNatsConfig({ profile: 'cluster' }));
  });

  it('meets every bar for NATS settings', () => {
    expect(lintNatsConfig(read('nats.conf'), 'shipped')).toEqual([]);
    expect(lintNatsConfig(read('nats-cluster.conf'), 'cluster')).toEqual([]);
  });

  it('differs in the test profile only in what old servers do not know, and where it listens', () => {
    const test = renderNatsConfig({ profile: 'test', storeDir: '/tmp/store' });
    expect(lintNatsConfig(test, 'test')).toEqual([]);
    const users = (text: string): unknown => parseNatsConfig(text).accounts;
    expect(users(test)).toEqual(users(read('nats.conf')));
  });

  it('has the admin user in the test profile only', () => {
    expect(() => renderNatsConfig({ profile: 'shipped', admin: true })).toThrow(/test profile/);
    const admin = renderNatsConfig({ profile: 'test', admin: true });
    expect(lintNatsConfig(admin, 'test')).toEqual(['user admin is no app']);
  });
});

describe('the linter reports', () => {
  const shipped = renderNatsConfig({ profile: 'shipped' });
  const cluster = renderNatsConfig({ profile: 'cluster' });

  it.each<[string, string | RegExp, string, RegExp]>([
    ['a missing store_dir', /store_dir: .*/, '', /store_dir must be explicit/],
    ['a store under /tmp', '"/data/jetstream"', '"/tmp/nats/jetstream"', /not on the volume/],
    ['a missing sync_interval', /sync_interval: .*/, '', /sync_interval/],
    ['a lazy sync_interval', 'sync_interval: always', 'sync_interval: "2m"', /sync_interval/],
    ['a missing max_file_store', /max_file_store: .*/, '', /max_file_store/],
    ['a missing max_memory_store', /max_memory_store: .*/, '', /max_memory_store/],
    ['monitoring for everybody', '"127.0.0.1:8222"', '"0.0.0.0:8222"', /monitoring/],
    ['monitoring on a bare port', /http: .*/, 'http_port: 8222', /monitoring/],
    ['an anonymous user', 'system_account: SYS', 'system_account: SYS\nno_auth_user: gateway', /anonymous/],
    [
      'users of the global account',
      'system_account: SYS',
      'system_account: SYS\nauthorization { token: x }',
      /global account/,
    ],
    ['no system account', 'system_account: SYS', '', /system_account/],
    ['apps in the system account', 'system_account: SYS', 'system_account: CAREER', /system account/],
    ['a further account', 'accounts {', 'accounts {\n  EXTRA { users: [] }', /nobody needs: EXTRA/],
    ['another account for the apps', 'CAREER {', 'APPS {', /CAREER is missing/],
    ['JetStream off', 'jetstream: enabled', 'jetstream: disabled', /JetStream must be enabled/],
    ['an export', 'jetstream: enabled', 'jetstream: enabled\nexports: [{ stream: ">" }]', /must not have exports/],
    ['a password in the file', '$NATS_PASSWORD_IDENTITY', '"secret"', /password in the file/],
    [
      'no password',
      'user: "identity", password: $NATS_PASSWORD_IDENTITY',
      'user: "identity"',
      /identity has no password/,
    ],
    ['a shared password', '$NATS_PASSWORD_IDENTITY', '$NATS_PASSWORD_GATEWAY', /must have the password/],
    ['a missing user', 'user: "identity"', 'user: "intruder"', /user identity is missing/],
    ['a user that is no app', 'user: "identity"', 'user: "intruder"', /user intruder is no app/],
    [
      'a wider right to publish',
      '"evt.identity.profile.updated.v1"',
      '"evt.identity.>"',
      /identity may publish evt\.identity\.>/,
    ],
    ['a wider right to subscribe', '"_INBOX.identity.>"', '"_INBOX.>"', /identity may subscribe _INBOX\.>/],
    ['a right that is missing', '"_INBOX.identity.>"', '', /identity may not subscribe _INBOX\.identity/],
    ['unbounded answers', 'max: 1', 'max: -1', /answer more than once/],
  ])('%s', (_what, from, to, problem) => {
    const mutated = shipped.replace(from, to);
    expect(mutated).not.toBe(shipped);
    expect(lintNatsConfig(mutated, 'shipped').join('\n')).toMatch(problem);
  });

  it.each<[string, string | RegExp, string, RegExp]>([
    ['clients without TLS', /^tls \{$/m, 'plain {', /tls\.cert_file is missing/],
    ['routes without TLS', '  tls {', '  plain {', /cluster\.tls\.key_file is missing/],
    ['routes that are not checked', 'verify: true', 'verify: false', /verify must be true/],
  ])('%s in a cluster', (_what, from, to, problem) => {
    const mutated = cluster.replace(from, to);
    expect(mutated).not.toBe(cluster);
    expect(lintNatsConfig(mutated, 'cluster').join('\n')).toMatch(problem);
  });

  it('every user whose rights are taken away, whoever it is', () => {
    for (const app of APPS) {
      const mutated = shipped.replace(`"_INBOX.${app}.>"`, '">"');
      expect(lintNatsConfig(mutated, 'shipped')).toEqual([
        `user ${app} may subscribe >, which the contracts do not give it`,
        `user ${app} may not subscribe _INBOX.${app}.>, which the contracts give it`,
      ]);
    }
  });

  it('streams that could lose what they took', () => {
    expect(lintTopology(new Topology(), false)).toEqual([]);
    expect(lintTopology(new Topology({ ...defaultTopologySettings, replicas: 3 }), true)).toEqual([]);
    expect(lintTopology(new Topology(), true)).toHaveLength(13);
    expect(lintTopology(new Topology({ ...defaultTopologySettings, eventMaxAgeMs: 0 }), false)).toHaveLength(6);
    expect(lintTopology(new Topology({ ...defaultTopologySettings, commandMaxBytes: -1 }), false)).toHaveLength(7);
  });

  it('images below the version floor or without a digest', () => {
    const digest = `@sha256:${'a'.repeat(64)}`;
    expect(lintNatsImage(`docker.io/library/nats:2.12.6-alpine${digest}`)).toEqual([]);
    expect(lintNatsImage(`nats:2.14.0${digest}`)).toEqual([]);
    expect(lintNatsImage(`nats:2.12.5${digest}`)).toEqual([expect.stringContaining('older than 2.12.6')]);
    expect(lintNatsImage('nats:2.12.6')).toEqual([expect.stringContaining('digest')]);
    expect(lintNatsImage(`nats:latest${digest}`)).toEqual([expect.stringContaining('does not name a version')]);
  });
});

describe('the configuration reader', () => {
  it('reads maps, lists, both kinds of separators and of quotes, and comments', () => {
    const text = `a: 1 // one\nb = "x # y"\n# c\nm { n: [ 'p', q ; { r: $S } ], t u }\nhttp: "h:1"`;
    expect(parseNatsConfig(text)).toEqual({
      a: '1',
      b: 'x # y',
      m: { n: ['p', 'q', { r: '$S' }], t: 'u' },
      http: 'h:1',
    });
  });

  it('refuses a name said twice and a block that does not end', () => {
    expect(() => parseNatsConfig('a: 1\na: 2')).toThrow(/twice/);
    expect(() => parseNatsConfig('a { b: 1')).toThrow(/middle of a block/);
  });
});
