import 'reflect-metadata';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request, type RequestOptions } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { makeCertificate } from '#testing';
import { Stack } from '../support/stack.js';
import { person, tokenFor } from '../support/tokens.js';

const { cert, key } = makeCertificate();
const agent = new Agent({ ca: cert });
let stack: Stack;
let folder: string;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'career-tls-'));
  const [TLS_CERT_FILE, TLS_KEY_FILE] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
  writeFileSync(TLS_CERT_FILE, cert);
  writeFileSync(TLS_KEY_FILE, key);
  stack = await Stack.start();
  url = await stack.gateway({ TLS_CERT_FILE, TLS_KEY_FILE });
}, 60_000);
afterAll(async () => {
  agent.destroy();
  await stack.stop();
  rmSync(folder, { recursive: true });
});

interface Answer {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  text: string;
}
function send(path: string, options: RequestOptions = {}, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/api/v1${path}`, { agent, ...options }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
    });
    sent.on('error', reject).end(body);
  });
}
/** The version two agree on, or why they do not. */
async function agreed(options: ConnectionOptions): Promise<string | null> {
  const { port } = new URL(url);
  const socket = connectTls({ host: '127.0.0.1', port: Number(port), ca: cert, ...options });
  try {
    await once(socket, 'secureConnect');
    return socket.getProtocol();
  } catch (error) {
    // Jest has an Error of its own, which those of Node are not instances of.
    return String(Reflect.get(Object(error), 'code'));
  } finally {
    socket.destroy();
  }
}

describe('a gateway with a certificate', () => {
  it('says https of itself, answers there, and tells browsers to stay', async () => {
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const { status, headers } = await send('/things');
    expect([status, headers['strict-transport-security']]).toEqual([200, 'max-age=31536000; includeSubDomains']);
  });

  it('opens live sockets there', async () => {
    const who = person();
    const headers = { authorization: `Bearer ${tokenFor(stack.key, who)}` };
    const { ticket } = JSON.parse((await send('/ws/tickets', { method: 'POST', headers })).text) as { ticket: string };
    const socket = new WebSocket(`${url.replace('https', 'wss')}/ws?ticket=${ticket}`, { ca: cert });
    const [frame] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(frame.toString())).toMatchObject({ type: 'connection_established', user_id: who.userId });
    socket.terminate();
  });

  it('speaks TLS 1.2 and 1.3 and nothing older', async () => {
    expect(await agreed({})).toBe('TLSv1.3');
    expect(await agreed({ maxVersion: 'TLSv1.2' })).toBe('TLSv1.2');
    // Old versions need weak ciphers, which a client has to ask for.
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' } as const;
    expect(await agreed(old)).toMatch(/PROTOCOL_VERSION/);
  });

  it('speaks ciphers with forward secrecy and authentication only', async () => {
    const only = (ciphers: string) => agreed({ maxVersion: 'TLSv1.2', ciphers });
    expect(await only('ECDHE-ECDSA-AES128-GCM-SHA256')).toBe('TLSv1.2');
    for (const weak of ['ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES128-SHA256', 'AES128-GCM-SHA256']) {
      expect(await only(weak)).toMatch(/HANDSHAKE_FAILURE/);
    }
  });

  it('says nothing to who does not speak TLS, and goes on', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write('GET /api/v1/things HTTP/1.1\r\nhost: localhost\r\n\r\n');
    let said = '';
    socket.on('data', (data) => (said += data.toString('latin1')));
    socket.on('error', () => undefined);
    await once(socket, 'close');
    expect(said).not.toContain('HTTP/1.1');
    expect((await send('/things')).status).toBe(200);
  });

  it('ends a connection that does not come to speak within ten seconds', async () => {
    const began = performance.now();
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.resume();
    await once(socket, 'close');
    expect(performance.now() - began).toBeGreaterThan(9_000);
  });

  it('answers who sends too much', async () => {
    const options = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const { status, text } = await send('/things/login', options, `{"password":"${'x'.repeat(2_000_000)}"}`);
    expect([status, text]).toEqual([413, expect.stringContaining('PAYLOAD_TOO_LARGE')]);
    expect((await send('/things')).status).toBe(200);
  });
});
