import { describe, expect, it } from '@jest/globals';
import { systemClock } from '#kernel';
import { get, inner, okText, outbound, outer, useSites } from '../../test/local-sites.js';
import type { OutboundRequest } from './outbound-request.js';

useSites();

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

  it('calls an own network where that is open, and nothing beside it, whatever a name leads to', async () => {
    inner.handlers.set('/hook', (_request, response) => response.end('mine'));
    const http = outbound({ resolver: async () => [{ address: '127.0.0.1', family: 4 }] });
    const own = (url: string): OutboundRequest => get('/', { url, policy: 'own-network' });
    expect(okText(await http.request(own(inner.url('/hook'))))).toBe('mine');
    expect(okText(await http.request(own(inner.url('/hook', 'printer.lan'))))).toBe('mine');
    for (const address of ['169.254.169.254', '0.0.0.0', 'fd00:ec2::254']) {
      const family = address.includes(':') ? 6 : 4;
      const elsewhere = outbound({ resolver: async () => [{ address, family }] });
      expect(await elsewhere.request(own(inner.url('/hook', 'printer.lan')))).toMatchObject({ reason: 'url-refused' });
    }
    expect(await http.request(own('http://169.254.169.254/latest/meta-data/'))).toMatchObject({
      reason: 'url-refused',
    });
    expect(inner.visits).toHaveLength(2);
  });

  it.each(['public-only', 'own-network'] as const)(
    'does not follow a redirect where none is wanted: %s',
    async (policy) => {
      outer.handlers.set('/', (_request, response) => response.writeHead(302, { location: '/end' }).end());
      expect(await outbound().request(get('/', { policy, maxRedirects: 0 }))).toMatchObject({
        reason: 'too-many-redirects',
        status: 302,
      });
      expect(outer.visits.map(({ path }) => path)).toEqual(['/']);
    },
  );

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
