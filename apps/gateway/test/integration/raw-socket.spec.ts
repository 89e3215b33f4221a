import 'reflect-metadata';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Stack } from '../support/stack.js';

let stack: Stack;
let port: number;

beforeAll(async () => {
  stack = await Stack.start();
  port = Number(new URL(await stack.gateway()).port);
}, 60_000);
afterAll(() => stack.stop(), 30_000);

/** Sends bytes as they are and answers what came back until the connection ends. */
function exchange(bytes: string | Buffer, withinMs = 3_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    const timer = setTimeout(() => socket.destroy(), withinMs);
    socket.on('data', (data) => (text += data.toString('latin1')));
    socket.on('error', reject);
    socket.on('close', () => {
      clearTimeout(timer);
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
  it('with its headers is cut after ten seconds', async () => {
    const started = performance.now();
    const answer = await exchange('GET /api/v1/things HTTP/1.1\r\nhost: localhost\r\n', 14_000);
    expect(statusesOf(answer)).toEqual([408]);
    expect(performance.now() - started).toBeLessThan(13_000);
  }, 20_000);

  it('with its body is cut after ten seconds', async () => {
    const started = performance.now();
    const head = [
      'POST /api/v1/things/login HTTP/1.1',
      'host: localhost',
      'content-type: application/json',
      'content-length: 50',
    ];
    const answer = await exchange(`${head.join('\r\n')}\r\n\r\n{"pass`, 14_000);
    expect(statusesOf(answer)).toEqual([408]);
    expect(performance.now() - started).toBeLessThan(13_000);
  }, 20_000);
});
