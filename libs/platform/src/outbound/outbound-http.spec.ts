import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '#kernel';
import { Logger } from '../logging/index.js';
import { Metrics } from '../metrics/metrics.js';
import { jsonOf, textOf } from './body-text.js';
import { OutboundHttp, type OutboundHttpOptions } from './outbound-http.js';
import type { OutboundRequest } from './outbound-request.js';
import type { OutboundOutcome } from './outcome.js';

type Handler = (request: IncomingMessage, response: ServerResponse, visit: number) => void;

/** A site at an address of the machine; counts its visits per path. */
class Site {
  readonly visits: { path: string; headers: IncomingMessage['headers']; method?: string }[] = [];
  readonly handlers = new Map<string, Handler>();
  private readonly sockets = new Set<Socket>();
  private readonly server: Server = createServer((request, response) => {
    const path = request.url?.split('?')[0] ?? '/';
    this.visits.push({ path, headers: request.headers, method: request.method });
    const visit = this.visits.filter((each) => each.path === path).length;
    const handler = this.handlers.get(path);
    if (handler === undefined) response.writeHead(404).end();
    else handler(request, response, visit);
  });
  port = 0;

  constructor(private readonly host: string) {
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('error', () => this.sockets.delete(socket)).on('close', () => this.sockets.delete(socket));
    });
  }
  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, this.host, () => resolve()));
    this.port = (this.server.address() as AddressInfo).port;
  }
  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
  url(path: string, name = this.host): string {
    return `http://${name}:${this.port}${path}`;
  }
  reset(): void {
    this.visits.length = 0;
    this.handlers.clear();
  }
}

// The tests have no internet: 127.0.0.2 plays the public address, 127.0.0.1 the inner network.
const outer = new Site('127.0.0.2');
const inner = new Site('127.0.0.1');
const isPublic = (address: string): boolean => address === '127.0.0.2';

const logged: string[] = [];
const logger = Logger.create({
  service: 'test',
  level: 'debug',
  format: 'json',
  destination: { write: (line) => void logged.push(line) },
});
const made: OutboundHttp[] = [];
const outbound = (options: Partial<OutboundHttpOptions> = {}): OutboundHttp => {
  const http = new OutboundHttp({
    userAgent: 'career-copilot-test (+mailto:ops)',
    logger,
    metrics: new Metrics('test', false),
    isPublic,
    ...options,
  });
  made.push(http);
  return http;
};
const get = (path: string, more: Partial<OutboundRequest> = {}): OutboundRequest => ({
  target: 'example',
  url: outer.url(path),
  policy: 'public-only',
  retries: 0,
  timeoutMs: 2000,
  ...more,
});
const okText = (outcome: OutboundOutcome): string => {
  if (outcome.kind !== 'ok') throw new Error(`expected ok, got ${JSON.stringify(outcome)}`);
  return textOf(outcome);
};

beforeAll(async () => {
  await Promise.all([outer.start(), inner.start()]);
});
afterEach(async () => {
  outer.reset();
  inner.reset();
  logged.length = 0;
  await Promise.all(made.splice(0).map((http) => http.close()));
});
afterAll(async () => {
  await Promise.all([outer.stop(), inner.stop()]);
});

describe('OutboundHttp: what comes back', () => {
  it('gives body, media type and validators, and says who it is', async () => {
    outer.handlers.set('/jobs', (_request, response) =>
      response.writeHead(200, { 'content-type': 'Application/JSON; charset=utf-8', etag: '"v1"' }).end('{"a":1}'),
    );
    const outcome = await outbound().request(get('/jobs?key=s3cr3t', { accept: ['application/json'] }));
    expect(outcome).toMatchObject({ kind: 'ok', status: 200, contentType: 'application/json', etag: '"v1"' });
    expect(outcome.kind === 'ok' && jsonOf(outcome)).toEqual({ a: 1 });
    expect(outer.visits[0]?.headers).toMatchObject({
      'user-agent': 'career-copilot-test (+mailto:ops)',
      accept: 'application/json',
    });
    expect(logged.join('')).toContain('outbound call');
    expect(logged.join('')).not.toContain('s3cr3t');
  });

  it.each([
    ['gzip', gzipSync('grüße')],
    ['deflate', deflateSync('grüße')],
    ['br', brotliCompressSync('grüße')],
  ])('unpacks %s', async (encoding, bytes) => {
    outer.handlers.set('/', (_request, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(bytes),
    );
    expect(okText(await outbound().request(get('/')))).toBe('grüße');
  });

  it('reads the charset a page states, and an unknown one as UTF-8', async () => {
    outer.handlers.set('/', (request, response) => {
      const charset = request.url?.split('?')[1] ?? '';
      response
        .writeHead(200, { 'content-type': `text/html; charset=${charset}` })
        .end(Buffer.from('M\xfcnchen', 'latin1'));
    });
    expect(okText(await outbound().request(get('/?iso-8859-1')))).toBe('München');
    expect(okText(await outbound().request(get('/?x-klingon')))).toContain('nchen');
  });

  it('asks only for what changed', async () => {
    outer.handlers.set('/feed', (request, response) => {
      const known = request.headers['if-none-match'] === '"v1"' && request.headers['if-modified-since'] !== undefined;
      response.writeHead(known ? 304 : 200).end(known ? undefined : 'all of it');
    });
    const http = outbound();
    expect((await http.request(get('/feed'))).kind).toBe('ok');
    const conditional = get('/feed', { etag: '"v1"', lastModified: 'Fri, 20 Nov 2026 10:00:00 GMT' });
    expect((await http.request(conditional)).kind).toBe('not-modified');
  });

  it.each([
    [404, { kind: 'not-found' }],
    [410, { kind: 'not-found' }],
    [401, { kind: 'blocked' }],
    [403, { kind: 'blocked' }],
    [451, { kind: 'blocked' }],
    [999, { kind: 'blocked' }],
    [400, { kind: 'failed', reason: 'refused', retryable: false, detail: 'why' }],
    [500, { kind: 'failed', reason: 'server-error', retryable: true }],
  ])('understands the status %i', async (status, expected) => {
    outer.handlers.set('/', (_request, response) => response.writeHead(status).end('why'));
    expect(await outbound().request(get('/'))).toMatchObject({ status, ...expected });
  });

  it('refuses a media type nobody can use', async () => {
    outer.handlers.set('/', (_request, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>'),
    );
    expect(await outbound().request(get('/', { accept: ['application/json'] }))).toMatchObject({
      reason: 'bad-content',
    });
  });

  it.each([
    ['broken gzip', 'gzip', Buffer.from('not gzip at all')],
    ['cut-off gzip', 'gzip', gzipSync('x'.repeat(10_000)).subarray(0, 20)],
    ['broken brotli', 'br', Buffer.from('not brotli at all')],
    ['an encoding nobody asked for', 'zstd', Buffer.from('x')],
    ['stacked encodings', 'gzip, gzip', gzipSync(gzipSync('x'))],
  ])('takes %s for bad content', async (_what, encoding, bytes) => {
    outer.handlers.set('/', (_request, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(bytes),
    );
    expect(await outbound().request(get('/'))).toMatchObject({ kind: 'failed', reason: 'bad-content' });
  });
});

describe('OutboundHttp: bounds', () => {
  it('ends a gzip bomb at the bound', async () => {
    const bomb = gzipSync(Buffer.alloc(60 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(100_000);
    outer.handlers.set('/', (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    const before = process.memoryUsage().arrayBuffers;
    expect(await outbound().request(get('/', { maxBytes: 1_000_000 }))).toMatchObject({ reason: 'too-large' });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * 1024 * 1024);
  });

  it('does not begin with a body that announces to be too large, and stops one that does not', async () => {
    outer.handlers.set('/announced', (_request, response) =>
      response.writeHead(200, { 'content-length': '5000' }).write('x'),
    );
    outer.handlers.set('/chunked', (_request, response) => response.writeHead(200).end(Buffer.alloc(5000)));
    const http = outbound();
    expect(await http.request(get('/announced', { maxBytes: 4999 }))).toMatchObject({ reason: 'too-large' });
    expect(await http.request(get('/chunked', { maxBytes: 4999 }))).toMatchObject({ reason: 'too-large' });
  });

  it('ends at the time-out whether a site is silent or drips', async () => {
    outer.handlers.set('/hang', () => undefined);
    outer.handlers.set('/drip', (_request, response) => {
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
      response.writeHead(200);
    });
    for (const path of ['/hang', '/drip']) {
      const started = performance.now();
      const outcome = await outbound().request(get(path, { timeoutMs: 300 }));
      expect(outcome).toMatchObject({ kind: 'failed', reason: 'timeout', retryable: true });
      expect(performance.now() - started).toBeLessThan(1500);
    }
  });

  it('ends when the one who asked goes away', async () => {
    outer.handlers.set('/hang', () => undefined);
    const signal = AbortSignal.timeout(50);
    expect(await outbound().request(get('/hang', { signal }))).toMatchObject({ reason: 'aborted', retryable: false });
  });

  it('says connection when nobody listens or the connection is cut', async () => {
    outer.handlers.set('/cut', (_request, response) =>
      response.writeHead(200, { 'content-length': '10' }).socket?.destroy(),
    );
    const http = outbound();
    expect(await http.request(get('/cut'))).toMatchObject({ reason: 'connection' });
    expect(await http.request(get('/', { url: 'http://127.0.0.2:9/' }))).toMatchObject({ reason: 'connection' });
  });

  it('calls a host once at a time and in the order of asking, others beside it', async () => {
    let now = 0;
    let most = 0;
    const slow: Handler = (_request, response) => {
      now += 1;
      most = Math.max(most, now);
      setTimeout(() => {
        now -= 1;
        response.end();
      }, 30);
    };
    for (const path of ['/1', '/2', '/3']) outer.handlers.set(path, slow);
    const http = outbound();
    await Promise.all(['/1', '/2', '/3'].map((path) => http.request(get(path))));
    expect(most).toBe(1);
    expect(outer.visits.map(({ path }) => path)).toEqual(['/1', '/2', '/3']);

    http.configureHost(`127.0.0.2:${outer.port}`, { concurrency: 3 });
    await Promise.all(['/1', '/2', '/3'].map((path) => http.request(get(path))));
    expect(most).toBe(3);
  });

  it('keeps the pace a host was given', async () => {
    outer.handlers.set('/', (_request, response) => response.end());
    const http = outbound({ gate: { concurrency: 10, ratePerSecond: 20, burst: 2 } });
    const started = performance.now();
    await Promise.all(Array.from({ length: 6 }, () => http.request(get('/'))));
    // Two at once, four more at 50 ms each.
    expect(performance.now() - started).toBeGreaterThan(190);
  });
});

describe('OutboundHttp: when a site is in trouble', () => {
  it('tries a failure that may pass again, and succeeds', async () => {
    outer.handlers.set('/', (_request, response, visit) => response.writeHead(visit < 3 ? 502 : 200).end('at last'));
    expect(okText(await outbound().request(get('/', { retries: 2 })))).toBe('at last');
  });

  it('does not repeat a POST unless it is said to be repeatable', async () => {
    outer.handlers.set('/', (_request, response) => response.writeHead(502).end());
    const http = outbound();
    const post = get('/', { method: 'POST', body: '{}', retries: 2 });
    await http.request(post);
    expect(outer.visits).toHaveLength(1);
    await http.request({ ...post, repeatable: true });
    expect(outer.visits).toHaveLength(4);
  });

  it('waits as long as a 429 asks when that is short', async () => {
    outer.handlers.set('/', (_request, response, visit) => {
      if (visit === 1) response.writeHead(429, { 'retry-after': '1' }).end();
      else response.end('now');
    });
    const started = performance.now();
    expect(okText(await outbound().request(get('/', { retries: 1, timeoutMs: 5000 })))).toBe('now');
    expect(performance.now() - started).toBeGreaterThan(950);
  });

  it('reports until when a 429 keeps us out, and sends nothing to the host before', async () => {
    outer.handlers.set('/', (_request, response) => response.writeHead(429, { 'retry-after': '120' }).end());
    const http = outbound();
    const outcome = await http.request(get('/', { retries: 3 }));
    expect(outcome).toMatchObject({ kind: 'blocked', status: 429 });
    const until = outcome.kind === 'blocked' ? (outcome.until?.getTime() ?? 0) : 0;
    expect(Math.abs(until - Date.now() - 120_000)).toBeLessThan(3000);
    expect(await http.request(get('/other'))).toMatchObject({ kind: 'blocked', status: 429 });
    expect(outer.visits).toHaveLength(1);
  });

  it('takes a Retry-After of days for an hour', async () => {
    outer.handlers.set('/', (_request, response) => response.writeHead(503, { 'retry-after': '864000' }).end());
    const outcome = await outbound().request(get('/'));
    const until = outcome.kind === 'blocked' ? (outcome.until?.getTime() ?? 0) : 0;
    expect(until - Date.now()).toBeLessThanOrEqual(3_600_000);
    expect(until - Date.now()).toBeGreaterThan(3_590_000);
  });

  it('leaves a host alone after five failures in a row and sends one probe afterwards', async () => {
    let broken = true;
    outer.handlers.set('/', (_request, response) => response.writeHead(broken ? 500 : 200).end('well'));
    const http = outbound({ gate: { halfOpenAfterMs: 200 } });
    for (let i = 0; i < 5; i += 1) expect(await http.request(get('/'))).toMatchObject({ reason: 'server-error' });
    expect(await http.request(get('/'))).toMatchObject({ reason: 'circuit-open', retryable: true });
    expect(outer.visits).toHaveLength(5);
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(await http.request(get('/'))).toMatchObject({ reason: 'server-error' });
    expect(await http.request(get('/'))).toMatchObject({ reason: 'circuit-open' });
    expect(outer.visits).toHaveLength(6);
    broken = false;
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(okText(await http.request(get('/')))).toBe('well');
    expect(okText(await http.request(get('/')))).toBe('well');
  });

  it('does not open the breaker for answers that only do not suit us', async () => {
    outer.handlers.set('/', (_request, response) => response.writeHead(400).end());
    const http = outbound();
    for (let i = 0; i < 8; i += 1) expect(await http.request(get('/'))).toMatchObject({ reason: 'refused' });
  });
});

describe('OutboundHttp: never inside', () => {
  it('refuses an inner address in every form without a connection', async () => {
    const port = inner.port;
    const forms = [
      `http://127.0.0.1:${port}`,
      `http://2130706433:${port}`,
      `http://0x7f.1:${port}`,
      `http://localhost:${port}`,
    ];
    for (const url of forms) {
      expect(await outbound().request(get('/', { url }))).toMatchObject({
        kind: 'failed',
        reason: 'url-refused',
        retryable: false,
      });
    }
    expect(inner.visits).toEqual([]);
  });

  it('refuses a public name that leads inside', async () => {
    const http = outbound({ resolver: async () => [{ address: '127.0.0.1', family: 4 }] });
    expect(await http.request(get('/', { url: inner.url('/', 'jobs.example.org') }))).toMatchObject({
      reason: 'url-refused',
    });
    expect(inner.visits).toEqual([]);
  });

  it('is not fooled by a name server that changes its mind', async () => {
    let asked = 0;
    // Public at the first question, inner from then on (rebinding with a TTL of 0).
    const http = outbound({
      resolver: async () => [{ address: (asked += 1) === 1 ? '127.0.0.2' : '127.0.0.1', family: 4 }],
    });
    outer.handlers.set('/', (_request, response) => response.writeHead(200, { connection: 'close' }).end('outer'));
    inner.handlers.set('/', (_request, response) => response.end('inner'));
    const request = get('/', { url: outer.url('/', 'rebind.example.org') });
    expect(okText(await http.request(request))).toBe('outer');
    expect(await http.request(request)).toMatchObject({ reason: 'url-refused' });
    expect([asked, inner.visits.length]).toEqual([2, 0]);
  });

  it.each([301, 302, 303, 307, 308])('checks where a %i leads', async (status) => {
    outer.handlers.set('/', (_request, response) =>
      response.writeHead(status, { location: inner.url('/admin') }).end(),
    );
    expect(await outbound().request(get('/'))).toMatchObject({ reason: 'url-refused' });
    expect(inner.visits).toEqual([]);
  });

  it('lets the operator call inside, but not be sent to another inner place from there', async () => {
    inner.handlers.set('/api', (_request, response) => response.end('mine'));
    inner.handlers.set('/away', (_request, response) =>
      response.writeHead(302, { location: `http://127.0.0.1:${outer.port}/` }).end(),
    );
    inner.handlers.set('/near', (_request, response) => response.writeHead(302, { location: '/api' }).end());
    const http = outbound();
    const trusted = (path: string): OutboundRequest => get('/', { url: inner.url(path), policy: 'trusted' });
    expect(okText(await http.request(trusted('/api')))).toBe('mine');
    expect(okText(await http.request(trusted('/near')))).toBe('mine');
    expect(await http.request(trusted('/away'))).toMatchObject({ reason: 'url-refused' });
  });

  it('follows a few redirects, keeps credentials at their origin, and gives up a circle', async () => {
    const other = outer.url('/end', 'other.example.org');
    outer.handlers.set('/start', (_request, response) => response.writeHead(302, { location: '/middle' }).end());
    outer.handlers.set('/middle', (_request, response) => response.writeHead(302, { location: other }).end());
    outer.handlers.set('/end', (_request, response) => response.end('here'));
    outer.handlers.set('/circle', (_request, response) => response.writeHead(302, { location: '/circle' }).end());
    const http = outbound({ resolver: async () => [{ address: '127.0.0.2', family: 4 }] });
    const outcome = await http.request(get('/start', { headers: { authorization: 'Bearer x' } }));
    expect(outcome).toMatchObject({ kind: 'ok', url: other });
    expect(outer.visits.map(({ headers }) => headers.authorization)).toEqual(['Bearer x', 'Bearer x', undefined]);
    outer.reset();
    outer.handlers.set('/circle', (_request, response) => response.writeHead(302, { location: '/circle' }).end());
    expect(await http.request(get('/circle'))).toMatchObject({ reason: 'too-many-redirects' });
    expect(outer.visits).toHaveLength(6);
  });

  it('does not carry a body to another origin', async () => {
    outer.handlers.set('/', (_request, response) =>
      response.writeHead(307, { location: outer.url('/steal', 'other.example.org') }).end(),
    );
    const http = outbound({ resolver: async () => [{ address: '127.0.0.2', family: 4 }], clock: systemClock });
    expect(await http.request(get('/', { method: 'POST', body: 'secret' }))).toMatchObject({ reason: 'refused' });
    expect(outer.visits.map(({ path }) => path)).toEqual(['/']);
  });

  it('says what is wrong with what is not a URL', async () => {
    for (const url of ['', 'jobs', 'http://', 'http://[::1', 'https://user:pw@example.org/', 'file:///etc/passwd']) {
      expect(await outbound().request(get('/', { url }))).toMatchObject({ kind: 'failed', reason: 'url-refused' });
    }
  });
});
