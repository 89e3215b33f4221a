import 'reflect-metadata';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SessionRevokedV1, UserAccessChangedV1 } from '#contracts';
import { until } from '../support/until.js';
import { Stack } from '../support/stack.js';
import { makeKey, person, tokenFor } from '../support/tokens.js';

const THING = '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11';
let stack: Stack;
let url: string;
const user = person();
const admin = person(['user', 'admin']);
const bearer = (who = user): Record<string, string> => ({ authorization: `Bearer ${tokenFor(stack.key, who)}` });
const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}${path}`, { headers });

beforeAll(async () => {
  stack = await Stack.start();
  url = await stack.gateway();
}, 60_000);
afterAll(() => stack.stop(), 30_000);

describe('other origins', () => {
  it('may not read anything unless they are listed', async () => {
    const closed = await get('/api/v1/things', { origin: 'https://evil.example' });
    expect(closed.headers.get('access-control-allow-origin')).toBeNull();
    const open = await stack.gateway({ CORS_ORIGINS: 'https://app.example' });
    const allowed = async (origin: string, method: string): Promise<string | null> => {
      const response = await fetch(`${open}/api/v1/things`, {
        method,
        headers: { origin, 'access-control-request-method': 'POST' },
      });
      return response.headers.get('access-control-allow-origin');
    };
    expect(await allowed('https://app.example', 'OPTIONS')).toBe('https://app.example');
    expect(await allowed('https://app.example', 'GET')).toBe('https://app.example');
    expect(await allowed('https://app.example.evil.example', 'GET')).toBeNull();
    expect(await allowed('null', 'GET')).toBeNull();
  });
});

describe('limits', () => {
  it('refuse what is too much, tell when to come back, and count people, not addresses', async () => {
    const limited = await stack.gateway({ RATE_LIMIT_SEARCH: '3' });
    const ask = (headers: Record<string, string> = {}): Promise<Response> =>
      fetch(`${limited}/api/v1/things`, { headers });
    const answers = [await ask(), await ask(), await ask(), await ask()];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(answers.map(({ headers }) => headers.get('x-ratelimit-remaining'))).toEqual(['2', '1', '0', '0']);
    const last = answers[3]?.headers;
    expect(last?.get('x-ratelimit-limit')).toBe('3');
    expect(Number(last?.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(last?.get('retry-after'))).toBeLessThanOrEqual(66);
    expect(
      Math.abs(Number(last?.get('x-ratelimit-reset')) - Date.now() / 1000 - Number(last?.get('retry-after'))),
    ).toBeLessThan(2);
    expect((await ask(bearer(person()))).status).toBe(200);
  });

  it('hold across gateways, but for what passes within one exchange', async () => {
    const env = { RATE_LIMIT_SEARCH: '20', RATE_LIMIT_GENERAL: '7' };
    const [one, two] = await Promise.all([stack.gateway(env), stack.gateway(env)]);
    const headers = bearer(person());
    let allowed = 0;
    for (let turn = 0; turn < 30; turn++) {
      const response = await fetch(`${turn % 2 === 0 ? one : two}/api/v1/things`, { headers });
      if (response.status === 200) allowed++;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    // 20 a second come in, half of them at the other gateway, which hears of them after 200 ms: a handful.
    expect(allowed).toBeGreaterThanOrEqual(20);
    expect(allowed).toBeLessThanOrEqual(20 + 5);
  });

  it('believe X-Forwarded-For only from a trusted proxy, and take IPv6 by network', async () => {
    const env = { RATE_LIMIT_SEARCH: '1' };
    const [open, behind] = await Promise.all([
      stack.gateway(env),
      stack.gateway({ ...env, TRUSTED_PROXIES: '127.0.0.1' }),
    ]);
    const ask = async (base: string, forwarded: string): Promise<number> =>
      (await fetch(`${base}/api/v1/things`, { headers: { 'x-forwarded-for': forwarded } })).status;
    expect([await ask(open, '203.0.113.1'), await ask(open, '203.0.113.2')]).toEqual([200, 429]);
    expect([await ask(behind, '203.0.113.11'), await ask(behind, '203.0.113.12')]).toEqual([200, 200]);
    // What the client itself wrote in front does not make it somebody else.
    expect(await ask(behind, '198.51.100.99, 203.0.113.11')).toBe(429);
    expect([await ask(behind, '2001:db8:1:2::1'), await ask(behind, '2001:db8:1:2:ffff::2')]).toEqual([200, 429]);
    expect(await ask(behind, '2001:db8:1:3::1')).toBe(200);
  });

  it('count wrong tokens and unknown paths too', async () => {
    const limited = await stack.gateway({ RATE_LIMIT_GENERAL: '2' });
    const ask = async (path: string, headers: Record<string, string> = {}): Promise<number> =>
      (await fetch(`${limited}${path}`, { headers })).status;
    expect(await ask(`/api/v1/things/${THING}`, { authorization: 'Bearer x.y.z' })).toBe(401);
    expect(await ask('/nowhere')).toBe(404);
    expect(await ask(`/api/v1/things/${THING}`, { authorization: 'Bearer x.y.z' })).toBe(429);
  });
});

describe('refusals', () => {
  it('are logged with who asked for what, and nothing else is', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'refusals-'));
    const file = join(folder, 'log');
    const logged = await stack.gateway({ LOG_LEVEL: 'info', LOG_FILE: file, LOG_FORMAT: 'json' });
    const who = person();
    const ask = (method: string, path: string, headers = bearer(who)) => fetch(`${logged}${path}`, { method, headers });
    expect((await ask('GET', `/api/v1/things/${THING}`)).status).toBe(200);
    expect((await ask('GET', `/api/v1/things/${THING}`, {})).status).toBe(401);
    expect((await ask('DELETE', `/api/v1/things/${THING}`)).status).toBe(403);
    await until(async () => readFileSync(file, 'utf8').includes('"status":403'), 3_000);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    const requests = lines.flatMap((line): unknown[] => (line.includes('"operation"') ? [JSON.parse(line)] : []));
    expect(requests).toEqual([
      expect.objectContaining({ user_id: who.userId, operation: 'deleteThing', method: 'DELETE', status: 403 }),
    ]);
    rmSync(folder, { recursive: true });
  });
});

describe('revocation', () => {
  const status = async (headers: Record<string, string>): Promise<number> =>
    (await get(`/api/v1/things/${THING}`, headers)).status;

  it('of a session counts within a second, and for that session only', async () => {
    const [one, two] = [person(), person()];
    const [first, second] = [bearer(one), bearer(two)];
    expect([await status(first), await status(second)]).toEqual([200, 200]);
    await stack.tell(SessionRevokedV1, { user_id: one.userId, session_id: one.sessionId, reason: 'logout' });
    await until(async () => (await status(first)) === 401, 1_000);
    expect(await status(second)).toBe(200);
  });

  it('of access counts for tokens issued before, and not for the ones after', async () => {
    const who = person();
    const before = bearer(who);
    expect(await status(before)).toBe(200);
    await stack.tell(UserAccessChangedV1, {
      user_id: who.userId,
      roles: ['user'],
      blocked: false,
      valid_from: new Date().toISOString(),
    });
    await until(async () => (await status(before)) === 401, 1_000);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await status(bearer(who))).toBe(200);
    await stack.tell(UserAccessChangedV1, {
      user_id: who.userId,
      roles: ['user'],
      blocked: true,
      valid_from: new Date().toISOString(),
    });
    await until(async () => (await status(bearer(who))) === 401, 1_000);
  });

  it('that happened before the gateway started is known to it', async () => {
    const who = person();
    stack.revoked.sessions.push({ session_id: who.sessionId, revoked_at: new Date().toISOString() });
    const fresh = await stack.gateway();
    const response = await fetch(`${fresh}/api/v1/things/${THING}`, { headers: bearer(who) });
    expect(response.status).toBe(401);
  });

  it('a token of a key identity does not know is refused, also at the first request', async () => {
    const response = await get(`/api/v1/things/${THING}`, { authorization: `Bearer ${tokenFor(makeKey(), user)}` });
    expect(response.status).toBe(401);
  });
});

describe('health', () => {
  it('answers at the root and below /api/v1, from heartbeats', async () => {
    const beat = (database: string, ready: boolean) =>
      stack.publish('health.identity', {
        service: 'identity',
        instance: 'one',
        version: '1.0.0',
        ready,
        database,
        bus: 'connected',
        at: new Date().toISOString(),
      });
    expect(await (await get('/health')).json()).toMatchObject({
      status: 'degraded',
      database: 'unknown',
      bus: 'connected',
    });
    await beat('connected', true);
    await until(async () => (await (await get('/health')).text()).includes('"database":"connected"'), 1_000);
    expect(await (await get('/api/v1/health')).json()).toMatchObject({ status: 'healthy', database: 'connected' });
    expect([await (await get('/health/live')).json(), await (await get('/health/ready')).json()]).toEqual([
      { status: 'alive' },
      { status: 'ready' },
    ]);
    expect((await get('/health/detailed', bearer())).status).toBe(403);
    const detailed: { services: { service: string; status: string }[] } = JSON.parse(
      await (await get('/health/detailed', bearer(admin))).text(),
    );
    expect(detailed.services.map(({ service, status: state }) => `${service} ${state}`)).toContain('identity up');
    expect(detailed.services.map(({ service, status: state }) => `${service} ${state}`)).toContain('analytics silent');
  });
});
