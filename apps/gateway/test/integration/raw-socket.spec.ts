import 'reflect-metadata';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SECURITY_HEADERS } from '../../src/http/security-headers.js';
import { Stack } from '../support/stack.js';

let stack: Stack;
let port: number;

beforeAll(async () => {
  stack = await Stack.start();
  port = Number(new URL(await stack.gateway()).port);
}, 60_000);
afterAll(() => stack.stop(), 30_000);

/** Sends bytes as they are, then some more each second, and answers what came back until the connection ends. */
function exchange(bytes: string | Buffer, withinMs = 3_000, drip = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    const dripping = setInterval(() => socket.write(drip), 1_000);
    const timer = setTimeout(() => socket.destroy(), withinMs);
    socket.on('data', (data) => (text += data.toString('latin1')));
    // A byte dripped in the moment of the cut is answered with a reset; what was answered before is heard.
    socket.on('error', (error) => (text === '' ? reject(error) : undefined));
    socket.on('close', () => {
      clearTimeout(timer);
      clearInterval(dripping);
      resolve(text);
    });
  });
}
const statusesOf = (answer: string): number[] =>
  [...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => Number(match[1]));

const GOOD = '{"password":"abc"}';
const request = (
  headers: readonly string[],
  body: string | Buffer = GOOD,
  line = 'POST /api/v1/things/login HTTP/1.1',
): Buffer =>
  Buffer.concat([
    Buffer.from(`${[line, 'host: localhost', 'connection: close', ...headers].join('\r\n')}\r\n\r\n`, 'latin1'),
    Buffer.from(body),
  ]);
const json = (body: string | Buffer, type = 'application/json'): Buffer =>
  request([`content-type: ${type}`, `content-length: ${Buffer.byteLength(body)}`], body);
const typed = (...headers: string[]): Buffer => request([...headers, `content-length: ${GOOD.length}`]);

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const REFUSED: [name: string, status: number, bytes: Buffer][] = [
  ['no content type', 415, typed()],
  ['text', 415, typed('content-type: text/plain')],
  ['a form', 415, typed('content-type: application/x-www-form-urlencoded')],
  ['multipart', 415, typed('content-type: multipart/form-data; boundary=x')],
  ['XML', 415, typed('content-type: application/xml')],
  ['JSON with a suffix', 415, typed('content-type: application/vnd.api+json')],
  ['JSON lines', 415, typed('content-type: application/jsonl')],
  ['JSON with something glued on', 415, typed('content-type: application/jsonx')],
  ['JSON behind another type', 415, typed('content-type: text/plain, application/json')],
  ['JSON before another type', 415, typed('content-type: application/json, text/plain')],
  ['JSON as a parameter', 415, typed('content-type: text/plain; application/json')],
  ['an empty content type', 415, typed('content-type: ')],
  ['a content type of blanks', 415, typed('content-type:    ')],
  ['a content type without a subtype', 415, typed('content-type: application')],
  ['a wildcard', 415, typed('content-type: */*')],
  ['UTF-16 by charset', 415, typed('content-type: application/json; charset=utf-16')],
  ['Latin-1 by charset', 415, typed('content-type: application/json; charset=iso-8859-1')],
  ['UTF-7 by charset', 415, typed('content-type: application/json; charset=utf-7')],
  ['two charsets', 415, typed('content-type: application/json; charset=utf-8; charset=utf-16')],
  ['an unknown parameter', 415, typed('content-type: application/json; boundary=x')],
  ['two content types', 400, typed('content-type: application/json', 'content-type: text/plain')],
  ['the same content type twice', 400, typed('content-type: application/json', 'Content-Type: application/json')],
  ['gzip', 415, typed('content-type: application/json', 'content-encoding: gzip')],
  ['brotli', 415, typed('content-type: application/json', 'content-encoding: br')],
  ['two encodings', 415, typed('content-type: application/json', 'content-encoding: identity, gzip')],
  ['a byte order mark', 400, json(Buffer.concat([BOM, Buffer.from(GOOD)]))],
  ['UTF-16 that says it is JSON', 400, json(Buffer.from(GOOD, 'utf16le'))],
  ['UTF-16 with a mark', 400, json(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(GOOD, 'utf16le')]))],
  [
    'broken UTF-8',
    400,
    json(Buffer.concat([Buffer.from('{"password":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')])),
  ],
  [
    'overlong UTF-8',
    400,
    json(Buffer.concat([Buffer.from('{"password":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')])),
  ],
  ['a member twice', 400, json('{"password":"a","password":"b"}')],
  ['a member twice, once escaped', 400, json('{"password":"a","pass\\u0077ord":"b"}')],
  ['a comment', 400, json('{"password":"a"/*x*/}')],
  ['single quotes', 400, json("{'password':'a'}")],
  ['a trailing comma', 400, json('{"password":"a",}')],
  ['NaN', 400, json('{"password":NaN}')],
  ['two documents', 400, json('{"password":"a"}{"password":"b"}')],
  ['a form that says it is JSON', 400, json('password=a')],
  ['XML that says it is JSON', 400, json('<password>a</password>')],
  ['NUL in a text', 422, json('{"password":"a\\u0000b"}')],
  ['half a surrogate pair', 422, json('{"password":"\\ud800"}')],
  ['a list instead of an object', 422, json('["password"]')],
  ['a bare text', 422, json('"password"')],
  ['null', 422, json('null')],
  ['100 levels', 422, json(`{"password":${'['.repeat(100)}${']'.repeat(100)}}`)],
  ['a million brackets', 400, json('['.repeat(1_000_000))],
  ['a long list', 422, json(`{"password":[${'1,'.repeat(5_000)}1]}`)],
  ['a polluting member', 422, json('{"password":"a","__proto__":{"admin":true}}')],
  [
    'length and chunks',
    400,
    request(['content-type: application/json', 'content-length: 5', 'transfer-encoding: chunked'], '0\r\n\r\n'),
  ],
  ['two lengths', 400, request(['content-type: application/json', 'content-length: 18', 'content-length: 5'])],
  ['a list of lengths', 400, request(['content-type: application/json', 'content-length: 18, 18'])],
  ['a negative length', 400, request(['content-type: application/json', 'content-length: -1'])],
  ['a length in hexadecimal', 400, request(['content-type: application/json', 'content-length: 0x12'])],
  [
    'chunked that is not last',
    400,
    request(['content-type: application/json', 'transfer-encoding: chunked, identity'], '12\r\n'),
  ],
  [
    'a made-up transfer encoding',
    400,
    request(['content-type: application/json', 'transfer-encoding: xchunked'], GOOD),
  ],
  ['a blank before the colon', 400, request(['content-type: application/json', 'transfer-encoding : chunked'], GOOD)],
  ['a folded header', 400, request(['content-type: application/json', 'x-long: a\r\n b', 'content-length: 18'])],
  ['a bare line feed in a header', 400, request(['content-type: application/json\ncontent-length: 18'], GOOD)],
  [
    'chunks of a wrong size',
    400,
    request(['content-type: application/json', 'transfer-encoding: chunked'], 'zz\r\n{}\r\n0\r\n\r\n'),
  ],
  [
    'a body on GET',
    400,
    request(['content-type: application/json', 'content-length: 2'], '{}', 'GET /api/v1/things HTTP/1.1'),
  ],
  ['a path that is no URL', 400, request([], '', 'GET /api/v1/things/%zz HTTP/1.1')],
  ['TRACE', 405, request(['x-secret: a'], '', 'TRACE /api/v1/things HTTP/1.1')],
  ['a NUL in a header', 400, request(['x-a: a\0b', 'content-length: 0'], '')],
  ['20 kB of headers', 431, request([`x-a: ${'a'.repeat(20_000)}`, 'content-length: 0'], '')],
  ['a token of 100 kB', 431, request([`authorization: Bearer ${'a'.repeat(100_000)}`, 'content-length: 0'], '')],
];

describe('a request that two readers could read differently', () => {
  it.each(REFUSED)('%s is refused with %i', async (_name, status, bytes) => {
    const answer = await exchange(bytes);
    expect(statusesOf(answer)).toEqual([status]);
    expect(answer).toMatch(/"code":"[A-Z_]+"/);
    expect(answer).toMatch(/x-request-id: \S+/i);
    for (const [header, value] of Object.entries(SECURITY_HEADERS)) expect(answer).toContain(`${header}: ${value}`);
    expect(answer).not.toMatch(/node_modules|\.[jt]s:\d+/);
  });

  it.each([
    ['plain', json(GOOD)],
    ['with the charset', json(GOOD, 'application/json; charset=utf-8')],
    ['with the charset in quotes and capitals', json(GOOD, 'Application/JSON;charset="UTF-8"')],
    [
      'in chunks',
      request(['content-type: application/json', 'transfer-encoding: chunked'], `12\r\n${GOOD}\r\n0\r\n\r\n`),
    ],
    ['with identity as its encoding', typed('content-type: application/json', 'content-encoding: identity')],
  ])('%s is accepted', async (_name, bytes) => {
    expect(statusesOf(await exchange(bytes))).toEqual([200]);
  });
});

describe('a client that is slow', () => {
  const head = (path: string): string =>
    `POST /api/v1/things${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n`;

  it.each<[string, number, string, string]>([
    ['with its headers', 408, 'GET /api/v1/things HTTP/1.1\r\nhost: localhost\r\nx-a: ', 'a'],
    ['with its body', 408, `${head('/login')}{"pass`, ''],
    ['with its body, a byte now and then', 408, head('/login'), ' '],
    ['with a body that was refused already', 401, head(''), ' '],
    ['with a body for a path that is not there', 404, head('/no/where'), ' '],
  ])('%s is answered %i and cut after ten seconds', async (_name, status, bytes, drip) => {
    const started = performance.now();
    expect(statusesOf(await exchange(bytes, 14_000, drip))).toEqual([status]);
    const tookMs = performance.now() - started;
    expect(tookMs).toBeGreaterThan(9_000);
    expect(tookMs).toBeLessThan(13_000);
  });
});

describe('a client that is refused before its body was read', () => {
  const MEGABYTE = 1024 * 1024;
  /** More than systems keep of what nobody reads, and read well within the ten seconds. */
  const LARGE = 6 * MEGABYTE;
  const post = (path: string, bytes: number, more = ''): Buffer =>
    Buffer.concat([
      Buffer.from(
        `POST /api/v1${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${bytes}\r\n${more}\r\n`,
      ),
      Buffer.alloc(bytes, 0x20),
    ]);
  const tooLarge = (bytes: number): Buffer => post('/things/login', bytes);
  /** Nobody is signed in. */
  const refused = (bytes: number, more = ''): Buffer => post('/things', bytes, more);
  const last = request([], '', 'GET /api/v1/things HTTP/1.1');
  /** Like a client that sends everything before it reads anything. */
  async function sendThenRead(bytes: Buffer): Promise<string> {
    const socket = connect(port, '127.0.0.1').pause();
    await new Promise((resolve) => socket.write(bytes, resolve));
    let text = '';
    socket.on('data', (data) => (text += data.toString('latin1'))).resume();
    await once(socket, 'close');
    return text;
  }

  it('gets its answer, and the next one on the same connection', async () => {
    expect(statusesOf(await sendThenRead(Buffer.concat([refused(LARGE), last])))).toEqual([401, 200]);
  });

  it.each([
    ['because it is too large', 413, tooLarge(LARGE)],
    ['and wanted its connection closed', 401, refused(LARGE, 'connection: close\r\n')],
  ])('%s gets its answer before the connection ends', async (_why, status, bytes) => {
    expect(statusesOf(await sendThenRead(bytes))).toEqual([status]);
  });

  it('keeps its connection with small bodies, too, each answered', async () => {
    expect(statusesOf(await exchange(Buffer.concat([...Array(20).fill(post('/things', 100)), last])))).toEqual([
      ...Array(20).fill(401),
      200,
    ]);
  });

  it('is read no faster than 6 MB a second together with all others who are', async () => {
    const began = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => exchange(Buffer.concat([refused(600_000), last]), 20_000)),
    );
    expect(answers.map(statusesOf)).toEqual(Array(10).fill([401, 200]));
    expect(performance.now() - began).toBeGreaterThan(700);
  });

  it('is cut when it goes away in the middle, and others go on', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.write(refused(4 * MEGABYTE).subarray(0, MEGABYTE));
    await once(socket, 'data');
    socket.resetAndDestroy();
    expect(statusesOf(await exchange(Buffer.concat([refused(2 * MEGABYTE), last]), 20_000))).toEqual([401, 200]);
  });
});
