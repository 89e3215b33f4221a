import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  ApiKeyRevokedV1,
  type ApiKeyScope,
  createApiKey,
  type CreateApiKeyBody,
  deleteApiKey,
  getApiKey,
  listApiKeys,
  listAudit,
  updateApiKey,
  verifyApiKey,
} from '#contracts';
import { newId } from '#kernel';
import { readApiKey } from '#platform';
import { KeyUsage } from '../../src/api-keys/key-usage.js';
import { type IdentityApp, type SignedIn, startIdentity } from './identity-app.js';

let app: IdentityApp;
let ada: SignedIn;
beforeAll(async () => {
  app = await startIdentity();
  ada = await app.register();
}, 60_000);
afterAll(() => app.stop());

const inDays = (days: number): string => new Date(app.clock.now().getTime() + days * 86_400_000).toISOString();
const make = (who: SignedIn, changes: Partial<CreateApiKeyBody> = {}) =>
  app.ask(createApiKey, { name: 'A program', scopes: ['read:jobs'], ...changes }, who.context);
const hashOf = (key: string): string => readApiKey(key)?.toString('hex') ?? '';
const holder = async (key: string) => (await app.ask(verifyApiKey, { hash: hashOf(key) })).key;

describe('an API key', () => {
  it('is shown once; what is kept is a hash, by which it is known again with its scopes', async () => {
    const made = await make(ada, { name: '  A program ', scopes: ['read:jobs', 'write:applications'] });
    expect(made).toMatchObject({ name: 'A program', prefix: made.key.slice(0, 12), last_used_at: null });
    expect(await holder(made.key)).toEqual({
      key_id: made.id,
      user_id: ada.user.id,
      roles: ['user'],
      scopes: ['read:jobs', 'write:applications'],
      email_verified: ada.user.email_verified,
      expires_at: null,
    });
    const [row] = await app.db.admin<{ text: string; hash: Buffer }>(
      'SELECT row_to_json(k)::text AS text, hash FROM identity.api_key k WHERE id = $1',
      [made.id],
    );
    expect(row?.text).not.toContain(made.key.slice(12));
    expect(row?.hash).toEqual(createHash('sha256').update(made.key).digest());
    const { key: _key, ...rest } = made;
    expect(await app.ask(getApiKey, { key_id: made.id }, ada.context)).toEqual(rest);
    expect((await app.ask(listApiKeys, {}, ada.context)).api_keys).toContainEqual(rest);
    expect(_key).toBe(made.key);
  });

  it('is left by no answer, table row or event once it was shown', async () => {
    const { key } = await make(ada);
    await app.ask(verifyApiKey, { hash: hashOf(key) });
    for (const table of ['outbox', 'idempotency_keys', 'audit_log', 'api_key', 'inbox']) {
      const rows = await app.db.admin<{ text: string }>(`SELECT row_to_json(t)::text AS text FROM identity.${table} t`);
      for (const { text } of rows) expect(text).not.toContain(key.slice(12));
    }
  });

  it('stops working when it is revoked, and an event says so', async () => {
    const { id, key } = await make(ada);
    await app.ask(deleteApiKey, { key_id: id }, ada.context);
    expect(await holder(key)).toBeNull();
    expect(await app.told(ApiKeyRevokedV1, id)).toEqual([{ user_id: ada.user.id, key_id: id }]);
    await expect(app.ask(deleteApiKey, { key_id: id }, ada.context)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(app.ask(getApiKey, { key_id: id }, ada.context)).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('stops working when it expires', async () => {
    const { key } = await make(ada, { expires_at: inDays(1) });
    expect(await holder(key)).not.toBeNull();
    app.clock.advance(86_400_000);
    expect(await holder(key)).toBeNull();
  });

  it('stops working while its owner is blocked', async () => {
    const eve = await app.register();
    const { key } = await make(eve);
    await app.db.admin('UPDATE identity.account SET blocked_at = now() WHERE id = $1', [eve.user.id]);
    expect(await holder(key)).toBeNull();
  });

  it('of somebody else looks as if it was not there', async () => {
    const eve = await app.register();
    const { id, key } = await make(ada);
    const refused = { kind: 'not-found' };
    await expect(app.ask(getApiKey, { key_id: id }, eve.context)).rejects.toMatchObject(refused);
    await expect(app.ask(updateApiKey, { key_id: id, name: 'Mine' }, eve.context)).rejects.toMatchObject(refused);
    await expect(app.ask(deleteApiKey, { key_id: id }, eve.context)).rejects.toMatchObject(refused);
    await expect(app.ask(deleteApiKey, { key_id: newId() }, eve.context)).rejects.toMatchObject(refused);
    expect((await app.ask(listApiKeys, {}, eve.context)).total).toBe(0);
    expect(await holder(key)).not.toBeNull();
  });

  it('can be renamed and nothing else: scopes and expiry stay', async () => {
    const made = await make(ada, { expires_at: inDays(10) });
    const renamed = await app.ask(updateApiKey, { key_id: made.id, name: 'Another program' }, ada.context);
    const { key: _key, ...rest } = made;
    expect([_key, renamed]).toEqual([made.key, { ...rest, name: 'Another program' }]);
    const more = { key_id: made.id, name: 'x', scopes: ['admin:users'] };
    await expect(app.ask(updateApiKey, more, ada.context)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  });

  it('cannot make, rename or revoke keys, whatever its scopes', async () => {
    const { id } = await make(ada);
    const context = { ...ada.context, caller: { ...ada.context.caller, scopes: ['read:jobs', 'admin:users'] } };
    const body = { name: 'A better key', scopes: ['read:jobs' as const] };
    await expect(app.ask(createApiKey, body, context)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(app.ask(updateApiKey, { key_id: id, name: 'x' }, context)).rejects.toMatchObject({
      kind: 'forbidden',
    });
    await expect(app.ask(deleteApiKey, { key_id: id }, context)).rejects.toMatchObject({ kind: 'forbidden' });
  });

  it.each([
    ['no scope', { scopes: [] }, 'scopes'],
    ['a scope nobody knows', { scopes: ['read:everything' as ApiKeyScope] }, 'scopes.0'],
    ['a scope twice', { scopes: ['read:jobs', 'read:jobs'] }, 'scopes'],
    ['a scope of admins', { scopes: ['read:jobs', 'admin:jobs'] }, 'scopes.1'],
    ['a scope of employers', { scopes: ['write:postings'] }, 'scopes.0'],
    ['no name', { name: '' }, 'name'],
    ['a blank name', { name: '   ' }, 'name'],
    ['a name of 101 characters', { name: 'x'.repeat(101) }, 'name'],
    ['an end in the past', { expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
    ['an end in three years', { expires_at: '2099-01-01T00:00:00Z' }, 'expires_at'],
  ] as [string, Partial<CreateApiKeyBody>, string][])('is not made with %s', async (_what, changes, field) => {
    await expect(make(ada, changes)).rejects.toMatchObject({
      kind: 'invalid',
      details: [expect.objectContaining({ field })],
    });
  });

  it('may have the scopes of the roles its owner has', async () => {
    const admin = await app.register({ roles: ['user', 'admin'] });
    const { scopes } = await make(admin, { scopes: ['admin:jobs', 'write:postings'] });
    expect(scopes).toEqual(['admin:jobs', 'write:postings']);
  });

  it('is one of at most 50', async () => {
    const many = await app.register();
    for (let made = 0; made < 50; made += 1) await make(many);
    await expect(make(many)).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
    const page = await app.ask(listApiKeys, { per_page: 10, page: 5 }, many.context);
    expect([page.total, page.api_keys.length]).toEqual([50, 10]);
  });

  it('shows when it was last used, written in batches', async () => {
    const [used, unused] = [await make(ada), await make(ada)];
    for (let use = 0; use < 3; use += 1) await holder(used.key);
    await app.get(KeyUsage).write();
    const lastUsed = async (id: string) => (await app.ask(getApiKey, { key_id: id }, ada.context)).last_used_at;
    expect(await lastUsed(used.id)).toBe(app.clock.now().toISOString());
    expect(await lastUsed(unused.id)).toBeNull();
  });

  it('stands in the security history of its owner, made and revoked', async () => {
    const owner = await app.register();
    const { id } = await make(owner);
    await app.ask(deleteApiKey, { key_id: id }, owner.context);
    const { entries } = await app.ask(listAudit, {}, owner.context);
    expect(entries.slice(0, 2)).toMatchObject([
      { action: 'api-key.revoked', detail: { key_id: id } },
      { action: 'api-key.created', detail: { key_id: id, scopes: ['read:jobs'] } },
    ]);
  });
});
