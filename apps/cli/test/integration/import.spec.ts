import 'reflect-metadata';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { cli, file } from './command-line.js';
import { FakeApi, send } from './fake-api.js';

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

  it('waits as long as it is told, survives a broken connection, and renews a token that ran out', async () => {
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
    expect([api.signIns, api.refreshes, api.imports.length]).toEqual([1, 1, 1]);
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

  it('signs in again where the token ran out and cannot be renewed', async () => {
    api.canRefresh = false;
    api.next((response) => {
      api.expireToken();
      send(response, 401, {});
    });
    const { code } = await cli(['import', file('again.jsonl', record(1)), ...account()]);
    expect([code, api.signIns, api.imports.length]).toEqual([0, 2, 1]);
  });

  describe('of an account with a second factor', () => {
    beforeEach(() => {
      api.hasSecondFactor = true;
    });
    const run = (typed: string[], words: string[] = []) =>
      cli(['import', file('mfa.jsonl', record(1)), ...account(), ...words], {}, undefined, typed);

    it.each([
      ['the code that is typed', ['123 456'], []],
      ['a recovery code that is typed', ['JBSW-Y3DP-EHPK-3PXP'], []],
      ['the code of --code', [], ['--code', '123456']],
    ])('goes on with %s', async (_which, typed, words) => {
      const { code, err } = await run(typed, words);
      expect([code, api.imports.length]).toEqual([0, 1]);
      expect(err.includes('code of the authenticator of owner@localhost')).toBe(words.length === 0);
    });

    it('stays signed in when the token runs out, without asking again', async () => {
      api.next((response) => {
        api.expireToken();
        send(response, 401, {});
      });
      const { code } = await run([], ['--code', '123456']);
      expect([code, api.signIns, api.refreshes, api.imports.length]).toEqual([0, 1, 1, 1]);
    });

    it('asks for another code, not for the spent one, where the session is gone', async () => {
      api.canRefresh = false;
      api.next((response) => {
        api.expireToken();
        send(response, 401, {});
      });
      expect((await run(['654321'], ['--code', '123456'])).code).toBe(0);
      expect([api.codes.has('654321'), api.imports.length]).toEqual([false, 1]);
    });

    it('is refused in the words of the API with a wrong code, which is tried once', async () => {
      const { code, err } = await run(['111111']);
      expect([code, err]).toEqual([1, expect.stringContaining('The code is wrong.')]);
      expect([api.signIns, api.imports]).toEqual([1, []]);
    });

    it('says what to do where nobody is there to type', async () => {
      const { code, err } = await run([]);
      expect([code, err]).toEqual([
        1,
        expect.stringMatching(/owner@localhost has a second factor: .*--code.*--key-file/),
      ]);
      expect(api.imports).toEqual([]);
    });
  });

  it('looks at all files before it sends the first posting', async () => {
    const { code, err } = await cli(['import', file('there.jsonl', record(1)), '/nowhere.jsonl', ...account()]);
    expect([code, err]).toEqual([1, expect.stringContaining('/nowhere.jsonl')]);
    expect(api.imports).toEqual([]);
  });
});
