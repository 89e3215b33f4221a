import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { API_KEY_SCOPES, type ApiKeyScope, NewApiKey } from '#contracts';
import { newId } from '#kernel';
import { makeApiKey } from '#platform';
import { IdentityBehindDoors, type Reply, shaped } from './support/identity-behind-doors.js';

interface Operation {
  method: string;
  path: string;
  /** Undefined: no key may call it. */
  scope: string | undefined;
  isPublic: boolean;
}

let world: IdentityBehindDoors;
let ada: { id: string; token: string };
let owner: string;
let operations: Operation[];

beforeAll(async () => {
  world = await IdentityBehindDoors.start();
  [ada, owner] = [await world.somebody(), await world.owner()];
  operations = await operationsOf(`${world.urlOf()}/openapi.json`);
});
afterAll(() => world.stop());

async function operationsOf(url: string): Promise<Operation[]> {
  const document = (await (await fetch(url)).json()) as {
    paths: Record<string, Record<string, { security: Record<string, string[]>[] }>>;
  };
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security }]) => ({
      method: method.toUpperCase(),
      path: path.replace('/api/v1', '').replaceAll(/\{\w+\}/g, newId()),
      scope: security.flatMap((way) => way.apiKey ?? [])[0],
      isPublic: security.length === 0,
    })),
  );
}

async function make(token: string, scopes: readonly ApiKeyScope[], more: object = {}) {
  const { body } = await world.send('POST', '/api-keys', {
    credential: token,
    body: { name: 'A program', scopes, ...more },
  });
  return shaped(NewApiKey, body);
}
const USER_SCOPES = API_KEY_SCOPES.filter((scope) => !scope.startsWith('admin:') && scope !== 'write:postings');
const call = ({ method, path }: Operation, credential: string): Promise<Reply> =>
  world.send(method, path, { credential, ...(method === 'GET' || method === 'DELETE' ? {} : { body: {} }) });

describe('a key at the door', () => {
  it('may do what its scope names, at both doors, and says who it belongs to', async () => {
    const { key } = await make(ada.token, ['read:account', 'write:profile']);
    for (const door of [0, 1] as const) {
      const me = await world.send('GET', '/auth/me', { credential: key, door });
      expect(me).toMatchObject({ status: 200, body: { id: ada.id } });
    }
    const change = await world.send('PUT', '/users/me', { credential: key, body: { company: 'Northwind' } });
    expect(change).toMatchObject({ status: 200, body: { company: 'Northwind' } });
  });

  it('with all scopes there are is refused wherever a person must sign in', async () => {
    const { key } = await make(owner, API_KEY_SCOPES);
    const closed = operations.filter(({ scope, isPublic }) => scope === undefined && !isPublic);
    const answers = await Promise.all(closed.map(async (operation) => (await call(operation, key)).code));
    expect(answers).toEqual(closed.map(() => 'INSUFFICIENT_SCOPE'));
    const names = closed.map(({ method, path }) => `${method} ${path}`);
    for (const vital of ['POST /api-keys', 'PUT /users/me/password', 'GET /auth/sessions', 'POST /ws/tickets']) {
      expect(names).toContain(vital);
    }
  });

  it('with every scope but the one of an operation is refused there, for all operations', async () => {
    const open = operations.filter(({ scope }) => scope !== undefined);
    const keys = new Map<string, string>();
    for (const scope of new Set(open.map((operation) => operation.scope ?? ''))) {
      const others = API_KEY_SCOPES.filter((other) => other !== scope);
      keys.set(scope, (await make(owner, others)).key);
    }
    const answers = await Promise.all(
      open.map(async (operation) => (await call(operation, keys.get(operation.scope ?? '') ?? '')).code),
    );
    expect(answers).toEqual(open.map(() => 'INSUFFICIENT_SCOPE'));
    expect(open.length).toBeGreaterThan(30);
  });

  it('with the one scope of an operation is let in there, for all operations', async () => {
    const open = operations.filter(({ scope }) => scope !== undefined);
    const keys = new Map<string, string>();
    for (const scope of API_KEY_SCOPES) keys.set(scope, (await make(owner, [scope])).key);
    const answers = await Promise.all(open.map((operation) => call(operation, keys.get(operation.scope ?? '') ?? '')));
    for (const { status, code } of answers) {
      expect(status).not.toBe(401);
      expect(status).not.toBe(500);
      expect(code).not.toBe('INSUFFICIENT_SCOPE');
      expect(code).not.toBe('FORBIDDEN');
    }
  });

  it('does no more than its owner: a scope of admins is worth nothing without the role', async () => {
    const { key } = await make(ada.token, USER_SCOPES);
    await world.db.admin(`UPDATE identity.api_key SET scopes = $2 WHERE prefix = $1`, [
      key.slice(0, 12),
      ['admin:users'],
    ]);
    expect(await world.send('GET', '/admin/users', { credential: key })).toMatchObject({
      status: 403,
      code: 'FORBIDDEN',
    });
  });

  it('cannot make keys, nor read, rename or revoke them', async () => {
    const { id, key } = await make(ada.token, USER_SCOPES);
    const refused = { status: 403, code: 'INSUFFICIENT_SCOPE' };
    const body = { name: 'A better key', scopes: ['read:jobs'] };
    expect(await world.send('POST', '/api-keys', { credential: key, body })).toMatchObject(refused);
    expect(await world.send('GET', '/api-keys', { credential: key })).toMatchObject(refused);
    expect(await world.send('GET', `/api-keys/${id}`, { credential: key })).toMatchObject(refused);
    expect(await world.send('PUT', `/api-keys/${id}`, { credential: key, body: { name: 'x' } })).toMatchObject(refused);
    expect(await world.send('DELETE', `/api-keys/${id}`, { credential: key })).toMatchObject(refused);
  });

  it('is refused everywhere within a second after it was revoked', async () => {
    const { id, key } = await make(ada.token, ['read:account']);
    await world.soon(200, '/auth/me', key);
    expect((await world.send('DELETE', `/api-keys/${id}`, { credential: ada.token })).status).toBe(204);
    await world.soon(401, '/auth/me', key);
  });

  it('is refused everywhere within a second after its owner was blocked', async () => {
    const eve = await world.somebody();
    const { key } = await make(eve.token, ['read:account']);
    await world.soon(200, '/auth/me', key);
    const blocked = await world.send('PUT', `/admin/users/${eve.id}`, { credential: owner, body: { blocked: true } });
    expect(blocked.status).toBe(200);
    await world.soon(401, '/auth/me', key);
  });

  it('of an admin is everywhere worth a user within a second after he lost the role', async () => {
    const eve = await world.somebody();
    await world.send('PUT', `/admin/users/${eve.id}`, { credential: owner, body: { roles: ['user', 'admin'] } });
    const { key } = await make(owner, ['admin:users']);
    await world.db.admin('UPDATE identity.api_key SET user_id = $2 WHERE prefix = $1', [key.slice(0, 12), eve.id]);
    await world.soon(200, '/admin/users', key);
    await world.send('PUT', `/admin/users/${eve.id}`, { credential: owner, body: { roles: ['user'] } });
    await world.soon(403, '/admin/users', key);
  });

  it('is refused on the second it expires', async () => {
    const { key } = await make(ada.token, ['read:account'], { expires_at: new Date(Date.now() + 1500).toISOString() });
    expect((await world.send('GET', '/auth/me', { credential: key })).status).toBe(200);
    await new Promise((done) => setTimeout(done, 1600));
    expect(await world.send('GET', '/auth/me', { credential: key })).toMatchObject({
      status: 401,
      code: 'UNAUTHENTICATED',
    });
  });

  it.each([
    ['made up', makeApiKey().key],
    ['cut off', makeApiKey().key.slice(0, -1)],
    ['with a wrong checksum', `${makeApiKey().key.slice(0, -1)}!`],
    ['only its beginning', 'cck_'],
    ['only the prefix that lists show', makeApiKey().shown],
    ['in capitals', makeApiKey().key.toUpperCase()],
    ['very long', `cck_${'A'.repeat(5000)}`],
  ])('that is %s is refused with 401', async (_what, key) => {
    expect(await world.send('GET', '/auth/me', { credential: key })).toMatchObject({
      status: 401,
      code: 'UNAUTHENTICATED',
    });
  });

  it('counts in the Authorization header alone: not in the address, not in a cookie, not as a password', async () => {
    const { key } = await make(ada.token, ['read:account']);
    const basic = `Basic ${Buffer.from(`${key}:`).toString('base64')}`;
    expect((await world.send('GET', `/auth/me?api_key=${key}`)).status).toBe(401);
    expect((await world.send('GET', `/auth/me?access_token=${key}`)).status).toBe(401);
    expect((await world.send('GET', '/auth/me', { headers: { 'x-api-key': key } })).status).toBe(401);
    expect((await world.send('GET', '/auth/me', { headers: { cookie: `api_key=${key}` } })).status).toBe(401);
    expect((await world.send('GET', '/auth/me', { headers: { authorization: basic } })).status).toBe(401);
  });

  it('of somebody else cannot be revoked, and looks as if it was not there', async () => {
    const eve = await world.somebody();
    const { id, key } = await make(ada.token, ['read:account']);
    const answer = await world.send('DELETE', `/api-keys/${id}`, { credential: eve.token });
    expect(answer).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect((await world.send('GET', '/auth/me', { credential: key })).status).toBe(200);
  });
});
