import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { cli, file } from './command-line.js';
import { FakeApi } from './fake-api.js';

describe('careercopilot import-users', () => {
  let api: FakeApi;
  let url: string;
  beforeEach(async () => {
    await api?.stop();
    api = new FakeApi();
    url = await api.start();
  });
  afterAll(() => api.stop());

  const person = (id: number, more: object = {}): string =>
    JSON.stringify({ email: `p${id}@example.com`, full_name: 'Pia', email_verified: true, ...more });
  const byKey = (key = 'cck_admin'): string[] => ['--api', url, '--key-file', file('admin.key', `${key}\n`)];

  it('sends every line once in requests of 500, and names the lines that were refused', async () => {
    const lines = Array.from({ length: 1_200 }, (_, id) => person(id));
    lines.splice(
      700,
      0,
      '{"email":',
      '',
      person(7_000, { role: 'admin' }),
      person(7_001, { full_name: 'x'.repeat(3_000) }),
    );
    const path = file('people.jsonl', `${lines.join('\r\n')}\r\n`);
    const { code, out } = await cli(['import-users', path, '--json', ...byKey()]);
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({
      read: 1_203,
      counts: { created: 1_200, exists: 0, rejected: 3 },
      rejected: [
        { file: path, line: 701, reason: 'not JSON' },
        { file: path, line: 703, reason: expect.stringContaining('role: ') },
        { file: path, line: 704, reason: expect.stringContaining('longer than') },
      ],
      complete: true,
    });
    expect(api.users).toEqual([500, 500, 201]);
    expect(api.signIns).toBe(0);
  });

  it('makes nobody twice, and signs in with a password where there is no key', async () => {
    const path = file('people.jsonl', [person(1), person(2)].join('\n'));
    const account = ['--api', url, '--password-file', file('password', 'right-password')];
    expect((await cli(['import-users', path, ...account])).out).toMatch(/^ +2 +2 +0 +0$/m);
    const again = await cli(['import-users', path, ...byKey()]);
    expect(again.out).toMatch(/^ +2 +0 +2 +0$/m);
    expect([again.code, api.signIns]).toEqual([0, 1]);
  });

  it.each([
    ['a key that is none', () => byKey('cck_other'), 1, /import of users was refused \(401\)/],
    ['no key file', () => ['--api', url, '--key-file', '/nowhere/key'], 1, /--key-file: .*nowhere/],
    ['an address with a path', () => [...byKey(), '--api', 'http://localhost/api'], 2, /without a path/],
  ])('%s is a clear failure', async (_what, options, code, words) => {
    const outcome = await cli(['import-users', file('x.jsonl', person(1)), ...options()]);
    expect(outcome.code).toBe(code);
    expect(outcome.err).toMatch(words);
    expect(api.users).toEqual([]);
  });
});

describe('careercopilot audit verify', () => {
  const api = new FakeApi();
  let url: string;
  beforeAll(async () => {
    url = await api.start();
  });
  afterAll(() => api.stop());
  const verify = (...words: string[]) =>
    cli(['audit', 'verify', '--api', url, '--password-file', file('password', 'right-password'), ...words]);

  it('asks to the end of the log, and says that it is whole', async () => {
    api.findings = [[], [], []];
    const { code, out } = await verify();
    expect([code, out]).toEqual([0, '30 rows; seal 7 of 2026-11-20T10:00:00.000Z; the log is whole\n']);
  });

  it('names every finding of every page, and exits with 3', async () => {
    const user_id = '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d14';
    api.findings = [
      [{ problem: 'missing', user_id, entry_id: null, sequence: 2, through: 4 }],
      [{ problem: 'seal', user_id: null, entry_id: null, sequence: null, through: null }],
    ];
    const { code, out } = await verify();
    expect(code).toBe(3);
    expect(out).toContain('20 rows; seal 7 of 2026-11-20T10:00:00.000Z; FOUND');
    expect(out).toMatch(new RegExp(`^missing +${user_id} +2-4 +-$`, 'm'));
    expect(out).toMatch(/^seal +- +- +-$/m);
    const json = await verify('--json');
    expect([json.code, JSON.parse(json.out)]).toMatchObject([3, { checked: 20, findings: api.findings.flat() }]);
  });
});
