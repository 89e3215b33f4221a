import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { get, type Handler, logged, okText, outbound, outer, useSites } from '../../test/local-sites.js';
import { jsonOf } from './body-text.js';

useSites();

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

  it('asks for nothing but the status where only that matters', async () => {
    const ignored = get('/', { ignoreBody: true, accept: ['application/json'], maxBytes: 10 });
    outer.handlers.set('/', (_request, response) =>
      response
        .writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'br' })
        .end(Buffer.alloc(5_000_000, 1)),
    );
    expect(await outbound().request(ignored)).toMatchObject({ kind: 'ok', status: 200, body: Buffer.alloc(0) });
    outer.handlers.set('/', (_request, response) => response.writeHead(400).end('why'));
    expect(await outbound().request(ignored)).toMatchObject({ kind: 'failed', status: 400, detail: 'why' });
  });

  it('does not make one who has a plan of his own wait for what a host did to others', async () => {
    outer.handlers.set('/busy', (_request, response) => response.writeHead(429, { 'retry-after': '600' }).end());
    outer.handlers.set('/', (_request, response) => response.end('here'));
    const http = outbound();
    const planned = { unpaced: true, method: 'POST', body: '{}' } as const;
    expect(await http.request(get('/busy', planned))).toMatchObject({ kind: 'blocked', status: 429 });
    expect(okText(await http.request(get('/')))).toBe('here');
    await http.request(get('/busy'));
    expect(await http.request(get('/'))).toMatchObject({ kind: 'blocked' });
    expect(okText(await http.request(get('/', planned)))).toBe('here');
    outer.handlers.set('/down', (_request, response) => response.writeHead(500).end());
    for (let failures = 0; failures < 8; failures += 1) {
      expect(await http.request(get('/down', planned))).toMatchObject({ reason: 'server-error' });
    }
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
      const outcome = await outbound().request(get(path, { timeoutMs: 300 }));
      expect(outcome).toMatchObject({ kind: 'failed', reason: 'timeout', retryable: true });
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
