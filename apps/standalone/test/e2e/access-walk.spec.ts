import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiDocument, type ApiOperation, eventually } from '#testing';
import { RouteTable } from '../../../gateway/src/index.js';
import { filled } from './support/belongings.js';
import type { Person } from './support/people.js';
import { Scene, type Stranger } from './support/scene.js';

type Json = ReturnType<typeof JSON.parse>;

const document = ApiDocument.read();
const { operations } = document;
const isPublic = ({ security }: ApiOperation): boolean => security.length === 0;
const isOptional = ({ security }: ApiOperation): boolean => security.some((way) => Object.keys(way).length === 0);
const closed = operations.filter((operation) => !isPublic(operation) && !isOptional(operation));
const named = (chosen: readonly ApiOperation[]) =>
  chosen.map((operation) => [`${operation.method} ${operation.path}`, operation] as const);

/** Operations with an id in the path that ask for no ownership, and why. Where each leads: doors.spec.ts. */
const NOT_OWNED: Readonly<Record<string, string>> = {
  getJob: 'postings are public',
  bookmarkJob: 'makes a bookmark of the caller',
  matchJob: 'tells the caller about himself',
  showProfile: 'shows what its owner decided to show',
  showUser: 'shows what its owner decided to show',
  getAvatar: 'for whoever has the address',
  downloadExport: 'opened by the secret in its link',
  getErasureCertificate: 'opened by its secret',
  beginOidcSignIn: 'the name of a provider',
  endOidcSignIn: 'the name of a provider',
};
const withIds = operations.filter(({ path }) => path.includes('{'));
const owned = withIds.filter(({ role, operationId }) => role === undefined && !(operationId in NOT_OWNED));
const ofEmployers = closed.filter(({ role }) => role === 'employer');
const lists = closed.filter(({ method, path, role }) => method === 'GET' && !path.includes('{') && role === undefined);

/** Ids that bodies carry, and whose they may be. */
const IN_BODIES: Readonly<Record<string, 'of anybody' | 'of nobody' | 'of people'>> = {
  job_id: 'of anybody',
  // Kept as it came: there is nothing it leads to.
  resume_id: 'of nobody',
  receiver_id: 'of people',
};
const NOBODYS = '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d21';

/** Every operation of the published document, asked by those who may not. */
describe('of all documented operations', () => {
  let scene: Scene;
  const before = new Map<string, string>();

  beforeAll(async () => {
    scene = await Scene.set(document);
    // Letters are written and exports made in the background: until nothing moves any more.
    await eventually(
      async () => {
        const seen = [...before];
        for (const [name, text] of await seenByOwner()) before.set(name, text);
        expect([...before]).toEqual(seen);
      },
      { timeoutMs: 60_000, everyMs: 500 },
    );
  }, 240_000);
  afterAll(() => scene.platform.stop(), 60_000);

  /** With ids of Ada's where there are, with anything else where not: who may not call learns nothing of either. */
  async function ask({ method, body }: ApiOperation, path: string, authorization?: string, changes: object = {}) {
    const sent: unknown = body === undefined ? undefined : scene.belongings.withRealIds(body.example);
    const response = await fetch(`${scene.platform.url}${path}`, {
      method,
      headers: {
        ...(authorization === undefined ? {} : { authorization }),
        ...(body === undefined ? {} : { 'content-type': body.mediaType }),
      },
      body: sent instanceof Object ? JSON.stringify({ ...sent, ...changes }) : undefined,
    });
    const text = await response.text();
    const answer: Json = text === '' ? {} : JSON.parse(text);
    const code: string = answer.error?.code ?? '';
    if (code !== '') delete answer.error.request_id;
    return { status: response.status, code, answer };
  }
  const verdict = async (...asked: Parameters<typeof ask>): Promise<[number, string]> => {
    const { status, code } = await ask(...asked);
    return [status, code];
  };
  const pathsOf = ({ path, aliases }: ApiOperation, ids: readonly (string | undefined)[]): string[] =>
    [path, ...aliases].map((each) => filled(each, ids));
  const nobodysIds = ({ path }: ApiOperation): string[] => path.split('{').slice(1).fill(NOBODYS);
  const anyPathsOf = (operation: ApiOperation): string[] =>
    pathsOf(
      operation,
      scene.belongings.idsOf(operation.path).map((id) => id ?? NOBODYS),
    );
  const bearer = ({ token }: Person): string => `Bearer ${token}`;
  const waysOf = (stranger: Stranger): string[] => [bearer(stranger), `Bearer ${stranger.key}`];
  /** A key without the scope hears so before anything is looked up. */
  const refusal = ({ security }: ApiOperation, authorization: string): [number, string] =>
    authorization.startsWith('Bearer cck_') && !security.some(({ apiKey }) => apiKey !== undefined)
      ? [403, 'INSUFFICIENT_SCOPE']
      : [404, 'NOT_FOUND'];

  async function expectNothingThere(
    operation: ApiOperation,
    stranger: Stranger,
    ids: readonly (string | undefined)[],
    unknown: readonly string[],
  ): Promise<void> {
    const [theirs, nobodys] = [pathsOf(operation, ids), pathsOf(operation, unknown)];
    for (const authorization of waysOf(stranger)) {
      for (const [at, path] of theirs.entries()) {
        const asked = await ask(operation, path, authorization);
        expect([path, asked.status, asked.code]).toEqual([path, ...refusal(operation, authorization)]);
        expect(asked).toEqual(await ask(operation, nobodys[at] ?? '', authorization));
      }
    }
  }

  it('there are enough of each kind for the walk to mean something', () => {
    expect(closed.length).toBeGreaterThan(60);
    expect(closed.filter(({ role }) => role === 'admin').length).toBeGreaterThan(5);
    expect(ofEmployers).toHaveLength(3);
    expect(owned.length).toBeGreaterThan(30);
    expect(lists.length).toBeGreaterThan(15);
    expect(Object.keys(NOT_OWNED).filter((id) => !withIds.some(({ operationId }) => operationId === id))).toEqual([]);
  });

  it('there is no other behind the public port: no metrics, no probes, nothing for developers', async () => {
    const routes = scene.platform.running.app.get(RouteTable).all();
    const isOther = (route: string) => !/^HEAD |^GET \/(docs|redoc|openapi\.json)/.test(route);
    const documented = operations.flatMap(({ method, path, aliases }) =>
      [path, ...aliases].map((each) => `${method} ${each.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(routes.filter(isOther)).toEqual(documented.sort());
    for (const path of ['/metrics', '/debug', '/live', '/ready', '/.git/config', '/api/v1/../metrics']) {
      expect([path, (await fetch(scene.platform.url + path)).status]).toEqual([path, 404]);
    }
  });

  it.each(named(closed))('%s takes nobody without a token, or with one that is none', async (_name, operation) => {
    for (const path of anyPathsOf(operation)) {
      expect([path, await verdict(operation, path)]).toEqual([path, [401, 'UNAUTHENTICATED']]);
      for (const wrong of ['Bearer eyJhbGciOiJub25lIn0.e30.', 'Bearer cck_unknown', 'Basic YTpi']) {
        expect([path, wrong, (await ask(operation, path, wrong)).status]).toEqual([path, wrong, 401]);
      }
    }
  });

  it.each(named(closed.filter(({ role }) => role === 'admin')))(
    '%s takes no user and no employer',
    async (_name, operation) => {
      for (const path of anyPathsOf(operation)) {
        for (const person of [scene.ada, scene.firm]) {
          expect([path, await verdict(operation, path, bearer(person))]).toEqual([path, [403, 'FORBIDDEN']]);
        }
      }
    },
  );

  it.each(named(ofEmployers))(
    '%s takes no user, and no employer but the one it belongs to',
    async (_name, operation) => {
      const ids = operation.path.includes('{') ? [scene.postingId] : [];
      for (const path of pathsOf(operation, ids)) {
        for (const authorization of waysOf(scene.eve)) {
          const [status] = await verdict(operation, path, authorization);
          expect([path, status]).toEqual([path, 403]);
        }
      }
      if (ids.length > 0) await expectNothingThere(operation, scene.rival, ids, [NOBODYS]);
    },
  );

  it.each(named(owned))(
    '%s answers a stranger, by token and by key, what it answers about an id nobody has',
    async (name, operation) => {
      const ids = scene.belongings.idsOf(operation.path);
      expect([name, ids]).toEqual([name, ids.map(() => expect.any(String))]);
      await expectNothingThere(operation, scene.eve, ids, nobodysIds(operation));
    },
  );

  it.each(named(owned.filter(({ path }) => path.split('{').length > 2)))(
    '%s does not reach the thing of somebody else through one of one’s own',
    async (name, operation) => {
      const parents = scene.ofEve.idsOf(operation.path).slice(0, -1);
      expect([name, parents]).toEqual([name, parents.map(() => expect.any(String))]);
      const [hers] = scene.belongings.idsOf(operation.path).slice(-1);
      await expectNothingThere(operation, scene.eve, [...parents, hers], [...parents.map(String), NOBODYS]);
    },
  );

  it.each(named(lists))('%s lists nothing of anybody else, whatever id it is filtered by', async (_name, operation) => {
    const filters: Readonly<Record<string, string>> = { job_id: scene.jobId, with: scene.ada.id };
    const asIds = operation.parameters.filter(({ in: place, schema }) => place === 'query' && schema.format === 'uuid');
    const queries = ['', ...asIds.map(({ name }) => `?${name}=${filters[name] ?? `no value for ${name}`}`)];
    const hers = [...scene.belongings.ids.values()].filter((id) => id !== scene.jobId);
    for (const path of pathsOf(operation, [])) {
      for (const query of queries) {
        for (const authorization of waysOf(scene.eve)) {
          const { status, code, answer } = await ask(operation, `${path}${query}`, authorization);
          expect([path + query, status]).toEqual([path + query, code === 'INSUFFICIENT_SCOPE' ? 403 : 200]);
          const text = JSON.stringify(answer);
          expect(hers.filter((id) => text.includes(id))).toEqual([]);
        }
      }
    }
  });

  it('whose bodies carry ids, each is known to be of anybody, of nobody or of people', () => {
    const found = operations.flatMap(({ body }) => [...uuidsIn(body?.schema)]);
    expect([...new Set(found)].sort()).toEqual(Object.keys(IN_BODIES).sort());
  });

  it.each(
    named(closed.filter(({ body }) => [...uuidsIn(body?.schema)].some((name) => IN_BODIES[name] === 'of people'))),
  )('%s does not tell who is there by an id in its body', async (_name, operation) => {
    const [member = ''] = [...uuidsIn(operation.body?.schema)];
    // The other way to name somebody goes.
    const to = (id: string) => ({ slug: undefined, [member]: id });
    for (const authorization of waysOf(scene.eve)) {
      const hidden = await ask(operation, operation.path, authorization, to(scene.ada.id));
      expect([hidden.status, hidden.code]).toEqual([404, 'NOT_FOUND']);
      expect(hidden).toEqual(await ask(operation, operation.path, authorization, to(NOBODYS)));
    }
  });

  it('nothing of the owner changed by all that was tried', async () => {
    expect(before.size).toBeGreaterThan(12);
    expect(await seenByOwner()).toEqual([...before]);
  });

  /** Everything of hers that can be read by its id, without what goes on by itself. */
  async function seenByOwner(): Promise<[name: string, text: string][]> {
    const found: [string, string][] = [];
    for (const operation of owned.filter(({ method }) => method === 'GET')) {
      const path = filled(operation.path, scene.belongings.idsOf(operation.path));
      const { status, answer } = await ask(operation, path, bearer(scene.ada));
      expect([path, status]).toEqual([path, 200]);
      found.push([path, JSON.stringify(answer, operation.path.includes('/webhooks/') ? withoutCalls : undefined)]);
    }
    return found;
  }
});

/** Calls are tried again by the clock. */
const withoutCalls = (name: string, value: unknown): unknown =>
  /attempt|status|error|_at$|fail/.test(name) ? undefined : value;

function* uuidsIn(schema: unknown, name = ''): Generator<string> {
  if (typeof schema !== 'object' || schema === null) return;
  if ('format' in schema && schema.format === 'uuid') yield name;
  for (const [key, value] of Object.entries(schema)) {
    const isName = ['properties', 'anyOf', 'items', 'allOf', 'oneOf'].includes(key) || /^\d+$/.test(key);
    yield* uuidsIn(value, isName ? name : key);
  }
}
