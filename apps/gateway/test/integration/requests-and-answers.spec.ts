import 'reflect-metadata';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import helmet from 'helmet';
import { newId } from '#kernel';
import { Stack } from '../support/stack.js';
import { person, tokenFor } from '../support/tokens.js';

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
