import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Stack } from '../support/stack.js';
import { person, tokenFor } from '../support/tokens.js';

let stack: Stack;
let url: string;
beforeAll(async () => {
  stack = await Stack.start();
  url = await stack.gateway();
}, 60_000);
afterAll(() => stack.stop(), 30_000);

interface Told {
  status: number;
  /** Field and words of what is wrong, or the words alone. */
  why: string | undefined;
}
async function send(path: string, init: RequestInit = {}): Promise<Told> {
  const response = await fetch(`${url}/api/v1${path}`, init);
  const text = await response.text();
  if (response.ok) return { status: response.status, why: undefined };
  const { error } = JSON.parse(text) as { error: { message: string; details: { field: string; message: string }[] } };
  const [first] = error.details;
  return { status: response.status, why: first === undefined ? error.message : `${first.field} ${first.message}` };
}
const post = (path: string, body: string, type = 'application/json') =>
  send(path, {
    method: 'POST',
    headers: { 'content-type': type, authorization: `Bearer ${tokenFor(stack.key, person())}` },
    body,
  });
const bodyOf = (bytes: number): string => `{"password":"${'x'.repeat(bytes - 15)}"}`;
/** A thing whose member nests lists so deep, the object around it counted. */
const nested = (levels: number): string =>
  `{"name":"ab","meta":{"deep":${'['.repeat(levels - 2)}${']'.repeat(levels - 2)}}}`;
const tags = (count: number): string => JSON.stringify({ name: 'ab', tags: Array(count).fill('a') });

const LIMITS: [what: string, most: () => Promise<Told>, more: () => Promise<Told>, refusal: Told][] = [
  [
    'a body of 1 MB',
    () => post('/things/login', bodyOf(1_048_576)),
    () => post('/things/login', bodyOf(1_048_577)),
    { status: 413, why: 'The body is larger than 1048576 bytes.' },
  ],
  [
    'as many bytes of a file as its route takes',
    () => post('/things/upload', 'x'.repeat(2_097_152), 'application/pdf'),
    () => post('/things/upload', 'x'.repeat(2_097_153), 'application/pdf'),
    { status: 413, why: 'The body is larger than 2097152 bytes.' },
  ],
  [
    'twenty levels of JSON',
    () => post('/things', nested(20)),
    () => post('/things', nested(21)),
    { status: 422, why: `meta.deep${'.0'.repeat(18)} is nested more than 20 levels deep` },
  ],
  [
    'a list of a thousand',
    () => post('/things', tags(1000)),
    () => post('/things', tags(1001)),
    { status: 422, why: 'tags must have at most 1000 entries' },
  ],
  [
    'a page of a hundred',
    () => send('/things?per_page=100'),
    () => send('/things?per_page=101'),
    { status: 422, why: 'per_page must be at most 100' },
  ],
  [
    'headers of 16 kB together',
    () => send('/things', { headers: { 'x-a': 'a'.repeat(15_000) } }),
    () => send('/things', { headers: { 'x-a': 'a'.repeat(16_384) } }),
    { status: 431, why: 'The headers are larger than 16384 bytes.' },
  ],
];

describe('a request', () => {
  it.each(LIMITS)('may have %s, and is told what is too much of it', async (_what, most, more, refusal) => {
    const taken = await most();
    expect(taken.why).toBeUndefined();
    expect(taken.status).toBeLessThan(300);
    expect(await more()).toEqual(refusal);
  });

  it('is not read to its end to find out that it is too large', async () => {
    const announced = await fetch(`${url}/api/v1/things/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new ReadableStream({
        pull: (controller) => controller.enqueue(Buffer.alloc(65_536, 0x20)),
      }),
      duplex: 'half',
    } as RequestInit).catch((error: unknown) => error);
    // Either the answer, or the connection that was ended under a client who went on writing.
    if (announced instanceof Response) expect(announced.status).toBe(413);
    else expect(announced).toBeInstanceOf(TypeError);
  });

  it('of each list the API has takes a page of a hundred at most', async () => {
    const document = (await (await fetch(`${url}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { parameters?: { name: string; schema: { maximum?: number } }[] }>>;
    };
    const pages = Object.values(document.paths)
      .flatMap((methods) => Object.values(methods))
      .flatMap(({ parameters = [] }) => parameters.filter(({ name }) => name === 'per_page'));
    expect(pages.length).toBeGreaterThan(10);
    expect(new Set(pages.map(({ schema }) => schema.maximum))).toEqual(new Set([100]));
  });
});
