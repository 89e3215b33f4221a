import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setAvatar } from '#contracts';
import { newId } from '#kernel';
import { migrate } from '#persistence';
import { createTestDatabase, TEST_ROLE_PASSWORD, type TestDatabase } from '#testing';
import { identitySchema } from '../../src/index.js';
import { ReaddressAvatars1770200000000 } from '../../src/migrations/1770200000000-readdress-avatars.js';

const position = identitySchema.migrations.indexOf(ReaddressAvatars1770200000000);
const before = { ...identitySchema, migrations: identitySchema.migrations.slice(0, position) };

describe('pictures of an older release', () => {
  let db: TestDatabase;
  const people = Array.from({ length: 50 }, () => ({ user_id: newId(), id: crypto.randomUUID() }));
  const other = 'rpc.identity.skill.create.v1';
  beforeAll(async () => {
    db = await createTestDatabase([before]);
    for (const { user_id, id } of people) {
      await db.admin(
        `INSERT INTO identity.account (id, email, full_name, roles, created_at)
         VALUES ($1, $2, 'Ada', ARRAY['user'], now())`,
        [user_id, `${user_id}@example.com`],
      );
      await db.admin(
        `INSERT INTO identity.avatar (user_id, id, file_64, file_256, file_512, created_at)
         VALUES ($1, $2, $3, 'b', 'c', now())`,
        [user_id, id, `file of ${user_id}`],
      );
      for (const subject of [setAvatar.subject, other]) {
        await db.admin(
          `INSERT INTO identity.idempotency_keys (scope, key, request_hash, response) VALUES ($1, 'k', '', $2)`,
          [`${user_id} ${subject}`, JSON.stringify({ avatar: { id } })],
        );
      }
    }
    await migrate({
      adminUrl: db.adminUrl,
      schemas: [identitySchema],
      rolePasswords: { identity: TEST_ROLE_PASSWORD },
    });
  }, 60_000);
  afterAll(() => db.drop());

  it('get addresses of 192 random bits, and keep their files', async () => {
    const rows = await db.admin<{ user_id: string; id: string; file_64: string }>('SELECT * FROM identity.avatar');
    expect(rows).toHaveLength(people.length);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(people.length);
    expect(rows.filter(({ id }) => !/^[A-Za-z0-9_-]{32}$/.test(id))).toEqual([]);
    expect(rows.filter(({ user_id, file_64 }) => file_64 !== `file of ${user_id}`)).toEqual([]);
  });

  it('are no longer named by answers that wait for a repeated request; those of others stay', async () => {
    const scopes = await db.admin<{ scope: string }>('SELECT scope FROM identity.idempotency_keys');
    expect(scopes.map(({ scope }) => scope).sort()).toEqual(people.map(({ user_id }) => `${user_id} ${other}`).sort());
  });
});
