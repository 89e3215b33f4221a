import 'reflect-metadata';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import helmet from 'helmet';
import { SessionRevokedV1, UserAccessChangedV1 } from '#contracts';
import { newId } from '#kernel';
import { until } from '../support/until.js';
import { Stack } from '../support/stack.js';
import { makeKey, person, tokenFor } from '../support/tokens.js';

const THING = '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11';
const JSON_HEADERS = { 'content-type': 'application/json' };
let stack: Stack;
let url: string;
const user = person();
const admin = person(['user', 'admin']);
const bearer = (who = user): Record<string, string> => ({ authorization: `Bearer ${tokenFor(stack.key, who)}` });
const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}${path}`, { headers });
const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}${path}`, { method: 'POST', headers: { ...JSON_HEADERS, ...headers }, body: JSON.stringify(body) });

beforeAll(async () => {
  stack = await Stack.start();
  url = await stack.gateway();
}, 60_000);
afterAll(() => stack.stop(), 30_000);

describe('status codes', () => {
  const cases: [status: number, code: string, ask: () => Promise<Response>][] = [
    [
      400,
      'MALFORMED_REQUEST',
      () => fetch(`${url}/api/v1/things/login`, { method: 'POST', headers: JSON_HEADERS, body: '{' }),
    ],
    [400, 'MALFORMED_REQUEST', () => get('/api/v1/things/%zz')],
    [400, 'MALFORMED_REQUEST', () => post('/api/v1/things', { name: 'ab' }, { ...bearer(), 'idempotency-key': 'a b' })],
    [401, 'UNAUTHENTICATED', () => get(`/api/v1/things/${THING}`)],
    [401, 'UNAUTHENTICATED', () => get('/api/v1/things', { authorization: 'Bearer x.y.z' })],
    [401, 'UNAUTHENTICATED', () => get('/api/v1/things', { authorization: 'Basic dTpw' })],
    [401, 'UNAUTHENTICATED', () => get('/api/v1/things', { authorization: 'Bearer cck_unknown' })],
    [403, 'FORBIDDEN', () => fetch(`${url}/api/v1/things/${THING}`, { method: 'DELETE', headers: bearer() })],
    [404, 'NOT_FOUND', () => get('/api/v1/nowhere')],
    [404, 'NOT_FOUND', () => get('/metrics')],
    [405, 'METHOD_NOT_ALLOWED', () => fetch(`${url}/api/v1/things/${THING}`, { method: 'PATCH' })],
    [409, 'ILLEGAL_TRANSITION', () => post('/api/v1/things/fail', { subject: 'conflict' })],
    [413, 'PAYLOAD_TOO_LARGE', () => post('/api/v1/things/login', { password: 'x'.repeat(1_100_000) })],
    [415, 'UNSUPPORTED_MEDIA_TYPE', () => fetch(`${url}/api/v1/things/login`, { method: 'POST', body: 'password=x' })],
    [422, 'VALIDATION_ERROR', () => post('/api/v1/things/login', {})],
    [422, 'VALIDATION_ERROR', () => get('/api/v1/things?page=0')],
    [422, 'VALIDATION_ERROR', () => get('/api/v1/things?per_page=101')],
    [422, 'VALIDATION_ERROR', () => get('/api/v1/things?q=a%00b')],
    [422, 'VALIDATION_ERROR', () => get('/api/v1/things/not-an-id', bearer())],
    [500, 'INTERNAL_ERROR', () => get('/api/v1/things/crash')],
    [503, 'SERVICE_UNAVAILABLE', () => post('/api/v1/things/fail', { subject: 'nobody' })],
    [504, 'GATEWAY_TIMEOUT', () => post('/api/v1/things/fail', { subject: 'slow' })],
  ];

  it.each(cases)('%i %s (%#)', async (status, code, ask) => {
    const response = await ask();
    const body: unknown = await response.json();
    expect(response.status).toBe(status);
    expect(body).toEqual({
      error: {
        code,
        message: expect.stringMatching(/^.{3,300}$/),
        details: expect.any(Array),
        request_id: response.headers.get('x-request-id'),
        ...(code === 'ILLEGAL_TRANSITION' ? { legal_transitions: ['applied'] } : {}),
      },
    });
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    if (status === 401) expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
    if (status === 405) expect(response.headers.get('allow')).toBe('DELETE, GET, HEAD, OPTIONS');
    if (status >= 502) expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(JSON.stringify(body)).not.toMatch(/secret detail|node_modules|\bat .*:\d+:\d+/);
  });

  it('200, 201, 204, 202 and 302 come as declared', async () => {
    const created = await post('/api/v1/things', { name: 'ab' }, bearer());
    const deleted = await fetch(`${url}/api/v1/things/${THING}`, { method: 'DELETE', headers: bearer(admin) });
    const redirected = await fetch(`${url}/api/v1/things/go`, { redirect: 'manual' });
    expect([created.status, deleted.status, redirected.status]).toEqual([201, 204, 302]);
    expect(await deleted.text()).toBe('');
    expect(redirected.headers.get('location')).toBe('https://example.org/next');
    expect(redirected.headers.get('set-cookie')).toBe('state=abc; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Lax');
  });

  it('an error is a problem document for who asks for one', async () => {
    const response = await get('/api/v1/things?page=0', { accept: 'application/problem+json' });
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await response.json()).toMatchObject({
      type: '/docs/errors#validation_error',
      status: 422,
      code: 'VALIDATION_ERROR',
      errors: [{ field: 'page', message: 'must be at least 1' }],
    });
  });

  it('OPTIONS names the methods of a path', async () => {
    const response = await fetch(`${url}/api/v1/things`, { method: 'OPTIONS' });
    expect([response.status, response.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS, POST']);
  });

  it('HEAD answers like GET, without the body', async () => {
    const response = await fetch(`${url}/api/v1/things`, { method: 'HEAD' });
    expect([response.status, await response.text(), response.headers.get('etag')]).toEqual([
      200,
      '',
      expect.any(String),
    ]);
  });
});

describe('input', () => {
  const fieldsOf = async (response: Response): Promise<string[]> => {
    const body: { error: { details: { field: string; message: string }[] } } = JSON.parse(await response.text());
    return body.error.details.map(({ field, message }) => `${field} ${message}`);
  };

  it('every wrong field is named with its bound', async () => {
    const response = await post('/api/v1/things', { name: 'a', tags: ['', 'x'], role: 'admin' }, bearer());
    expect((await fieldsOf(response)).sort()).toEqual([
      'name must have at least 2 characters',
      'role is not a known field',
      'tags.0 must have at least 1 character',
    ]);
  });

  it.each(['role', 'id', 'user_id', 'created_at', '__proto__', 'constructor'])(
    '%s cannot be slipped in',
    async (name) => {
      const text = `{"name":"ab","${name}":"x"}`;
      const response = await fetch(`${url}/api/v1/things`, {
        method: 'POST',
        headers: { ...JSON_HEADERS, ...bearer() },
        body: text,
      });
      expect([response.status, await fieldsOf(response)]).toEqual([422, [`${name} is not a known field`]]);
    },
  );

  it('unknown query parameters are refused by name', async () => {
    expect(await fieldsOf(await get('/api/v1/things?pgae=1'))).toEqual(['pgae is not a known field']);
  });

  it('an operation without a body accepts none or an empty one, and nothing else', async () => {
    const remove = (body: string | undefined): Promise<Response> =>
      fetch(`${url}/api/v1/things/${THING}`, {
        method: 'DELETE',
        headers: { ...bearer(admin), ...(body === undefined ? {} : JSON_HEADERS) },
        body,
      });
    expect(
      (await Promise.all([remove(undefined), remove('{}'), remove('{"a":1}')])).map(({ status }) => status),
    ).toEqual([204, 204, 422]);
  });

  it('bytes reach a route that takes them as they were sent, and only of its media types', async () => {
    const upload = (type: string, bytes: number): Promise<Response> =>
      fetch(`${url}/api/v1/things/upload`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: Buffer.alloc(bytes),
      });
    const taken = await upload('application/pdf; name=x', 1_500_000);
    expect(await taken.json()).toEqual({ bytes: 1_500_000, media_type: 'application/pdf' });
    expect((await upload('application/json', 10)).status).toBe(415);
    expect((await upload('application/pdf', 2_100_000)).status).toBe(413);
  });
});

describe('what travels to the service', () => {
  it('is the verified caller, the request id, the trace, the key and the deadline', async () => {
    stack.heard.length = 0;
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const response = await post(
      '/api/v1/things',
      { name: 'ab' },
      { ...bearer(), 'x-request-id': 'my-request-7', 'idempotency-key': 'key-1', traceparent },
    );
    const [message] = stack.heard;
    expect(response.headers.get('x-request-id')).toBe('my-request-7');
    expect(message?.headers).toMatchObject({
      'cc-request-id': 'my-request-7',
      'cc-idempotency-key': 'key-1',
      'cc-timeout-ms': '5000',
      'cc-client-address': '127.0.0.1',
      traceparent: expect.stringContaining('0af7651916cd43dd8448eb211c80319c'),
    });
    expect(JSON.parse(message?.headers['cc-caller'] ?? '')).toMatchObject({ user_id: user.userId, scopes: [] });
  });

  it('a made-up request id is replaced, one with strange characters too', async () => {
    const [none, strange] = await Promise.all([
      get('/api/v1/things'),
      get('/api/v1/things', { 'x-request-id': 'a b<script>' }),
    ]);
    expect(none.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(strange.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('a client cannot bring its own caller along', async () => {
    stack.heard.length = 0;
    await get('/api/v1/things?q=own', {
      'cc-caller': JSON.stringify({ user_id: newId(), roles: ['admin'], scopes: [] }),
    });
    expect(stack.heard[0]?.headers['cc-caller']).toBeUndefined();
  });
});

describe('answers', () => {
  it('are the same on every path of an operation, byte for byte', async () => {
    const answers = await Promise.all(
      ['/api/v1/things', '/api/v1/thing-list', '/v1/things'].map(async (path) => {
        const response = await get(`${path}?page=2`);
        return [response.status, await response.text(), response.headers.get('etag')];
      }),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });

  it('with an ETag answer 304 until something changes', async () => {
    const first = await get('/api/v1/things');
    const etag = first.headers.get('etag') ?? '';
    const tags = [etag, `"other", ${etag}`, '*', etag.slice(2)];
    const again = await Promise.all(tags.map((tag) => get('/api/v1/things', { 'if-none-match': tag })));
    expect(again.map(({ status }) => status)).toEqual([304, 304, 304, 304]);
    expect(await again[0]?.text()).toBe('');
    expect((await get('/api/v1/things?page=2', { 'if-none-match': etag })).status).toBe(200);
  });

  it('may be cached by others only while they are about nobody', async () => {
    const [anonymous, signedIn, own] = await Promise.all([
      get('/api/v1/things'),
      get('/api/v1/things', bearer()),
      get(`/api/v1/things/${THING}`, bearer()),
    ]);
    expect([anonymous, signedIn, own].map(({ headers }) => headers.get('cache-control'))).toEqual([
      'public, max-age=60',
      'private, no-cache',
      'private, no-store',
    ]);
    expect(anonymous.headers.get('vary')).toContain('Authorization');
  });

  it('over 1 kB are compressed once, in what the client takes', async () => {
    const raw = async (encoding: string): Promise<[string | null, number]> => {
      const response = await fetch(`${url}/api/v1/things?deep=true`, { headers: { 'accept-encoding': encoding } });
      return [response.headers.get('content-encoding'), (await response.text()).length];
    };
    const plain = await raw('identity');
    expect([plain[0], plain[1] > 5_000]).toEqual([null, true]);
    expect(await raw('gzip')).toEqual(['gzip', plain[1]]);
    expect(await raw('gzip, br')).toEqual(['br', plain[1]]);
    expect((await raw('gzip;q=0, br;q=0'))[0]).toBeNull();
    expect((await get('/api/v1/things')).headers.get('content-encoding')).toBeNull();
  });

  it('carry what helmet would set, and a policy stricter than its own', async () => {
    const theirs = new ServerResponse(new IncomingMessage(new Socket()));
    helmet()(theirs.req, theirs, () => undefined);
    const headers = Object.entries(theirs.getHeaders());
    const response = await get('/api/v1/things');
    const differs = headers.filter(([name, value]) => response.headers.get(name) !== value).map(([name]) => name);
    expect(differs.sort()).toEqual([
      'content-security-policy',
      'cross-origin-resource-policy',
      'origin-agent-cluster',
      'x-dns-prefetch-control',
      'x-download-options',
      'x-frame-options',
      'x-xss-protection',
    ]);
    expect(response.headers.get('x-frame-options')).toBe('DENY');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});

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
