import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiDocument, type ApiOperation } from '#testing';
import { filled } from './support/belongings.js';
import { DoorsStory, type Visitor, VISITORS } from './support/doors-story.js';
import { dump, tablesWith } from './support/leftovers.js';
import { Scene } from './support/scene.js';

interface Row {
  thing: string;
  door: string;
  verdicts: string[];
}

const document = ApiDocument.read();
const rows: Row[] = readFileSync('docs/security/doors.md', 'utf8')
  .split('\n')
  .filter((line) => /^\| (?!thing \|)[^-]/.test(line))
  .map((line) => {
    const [thing = '', door = '', ...verdicts] = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    return { thing, door, verdicts };
  });
const getRows = rows.filter(({ door }) => door.startsWith('GET '));

/** Read by a person, but no thing of his: counts and sums of his own things, or what is the same for everybody. */
const NO_THINGS: ReadonlySet<string> = new Set([
  'countUnreadNotifications',
  'getApplicationStats',
  'getAnalyticsSummary',
  'getAnalyticsFunnel',
  'getPublicProfileSettings',
  'recommendJobs',
  'listAiProviders',
  'beginOidcSignIn',
  'endOidcSignIn',
]);
/** May lie in caches of others, as long as nobody who asks is known. */
const FOR_EVERYBODY: ReadonlySet<string> = new Set(['picture', 'posting']);
const BEARER_SECRETS = ['export', 'certificate', 'webhook'];

describe('docs/security/doors.md', () => {
  let scene: Scene;
  let story: DoorsStory;

  beforeAll(async () => {
    scene = await Scene.set(document);
    story = new DoorsStory(scene);
    await story.tell();
  }, 240_000);
  afterAll(async () => {
    await story.stop();
    await scene.platform.stop();
  }, 60_000);

  const addressOf = (door: string): string =>
    door.slice('GET '.length).replaceAll(/\{([^}]+)\}/g, (_, name: string) => story.places.get(name) ?? `no ${name}`);

  function operationOf(address: string): ApiOperation {
    const operation = document.find('GET', address);
    if (operation === undefined) throw new Error(`${address} is not in the document`);
    return operation;
  }

  /** The address, and every other one that answers the same. */
  function addressesOf(door: string): string[] {
    const address = addressOf(door);
    const [path = '', query] = address.split('?', 2);
    const { path: template, aliases } = operationOf(path);
    const segments = path.split('/');
    const ids = template.split('/').flatMap((one, at) => (one.startsWith('{') ? [segments[at]] : []));
    const others = [template, ...aliases].map((one) => filled(one, ids)).filter((one) => one !== path);
    return [address, ...others.map((one) => (query === undefined ? one : `${one}?${query}`))];
  }

  async function verdictOf(thing: string, door: string, visitor: Visitor): Promise<string> {
    const mark = story.marks.get(thing);
    if (!door.startsWith('GET ')) {
      const heard = story.heard(door, visitor);
      if (heard === undefined) return '—';
      return mark !== undefined && heard.includes(mark) ? 'shown' : 'hidden';
    }
    const answers = new Set<string>();
    for (const address of addressesOf(door)) answers.add(await answerAt(thing, address, visitor));
    return [...answers].join(' or ');
  }

  async function answerAt(thing: string, address: string, visitor: Visitor): Promise<string> {
    const token = story.tokenOf(visitor);
    const response = await fetch(`${scene.platform.url}${address}`, {
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
    const text = await response.text();
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    const isForEverybody = FOR_EVERYBODY.has(thing) && token === undefined;
    expect([address, response.headers.get('cache-control')]).toEqual([
      address,
      expect.stringMatching(
        isForEverybody ? /^(public, max-age=\d+|no-store)$/ : /^(private, no-(store|cache)|no-store)$/,
      ),
    ]);
    if (response.status !== 200) return String(response.status);
    const mark = story.marks.get(thing);
    return mark === undefined || text.includes(mark) ? 'shown' : 'hidden';
  }

  it('has no row that cannot be read', () => {
    expect(rows.length).toBeGreaterThan(50);
    expect(rows.filter(({ verdicts }) => verdicts.length !== VISITORS.length)).toEqual([]);
  });

  it('has a row for every address at which a thing of somebody can be read', () => {
    const readable = document.operations.filter(
      ({ method, path, role, security }) =>
        method === 'GET' &&
        role === undefined &&
        (path.includes('{') || (security.length > 0 && security.every((way) => Object.keys(way).length > 0))),
    );
    const walked = new Set(getRows.map(({ door }) => operationOf(addressOf(door).split('?')[0] ?? '').operationId));
    const missing = readable
      .map(({ operationId }) => operationId)
      .filter((id) => !walked.has(id) && !NO_THINGS.has(id));
    expect(missing).toEqual([]);
    expect(readable.length).toBeGreaterThan(35);
  });

  it.each(rows.map((row) => [row.thing, row.door, row] as const))('%s: %s', async (thing, door, row) => {
    const found: string[] = [];
    for (const visitor of VISITORS) found.push(await verdictOf(thing, door, visitor));
    expect(found).toEqual(row.verdicts);
  });

  it.each(BEARER_SECRETS)('the secret of the %s has 128 bits at least, and no table has it', async (name) => {
    const secret = story.secrets.get(name) ?? '';
    const bytes = Buffer.from(secret.replace(/^whsec_/, ''), 'base64url');
    expect(bytes.byteLength).toBeGreaterThanOrEqual(16);
    expect(tablesWith(await dump(scene.platform.database), secret)).toEqual([]);
  });
});
