import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { type Caller, importUsers, type ImportUsersResponse, listAudit, signIn, UserRegisteredV1 } from '#contracts';
import { newId } from '#kernel';
import type { OutgoingContext } from '#messaging';
import { type IdentityApp, PASSWORD, startIdentity } from './identity-app.js';

/** Of the test suite of crypt_blowfish; the second is of a password whose first 72 bytes are LONG. */
const U_HASH = '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW';
const LONG = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const LONG_HASH = '$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui';

let counter = 0;
const row = (changes: object = {}) => ({
  email: `imported-${(counter += 1)}@example.com`,
  full_name: 'Ira Imported',
  password_hash: U_HASH,
  email_verified: true,
  ...changes,
});

describe('accounts of another system', () => {
  let app: IdentityApp;
  let boss: OutgoingContext & { caller: Caller };
  const send = (users: unknown[], context: OutgoingContext = boss): Promise<ImportUsersResponse> =>
    app.ask(importUsers, { users }, context);
  const stored = async (email: string) => {
    const rows = await app.db.admin<{ id: string; password_hash: string | null; roles: string[] }>(
      'SELECT * FROM identity.account WHERE email = $1',
      [email],
    );
    return rows[0];
  };

  beforeAll(async () => {
    app = await startIdentity();
    boss = (await app.register({ roles: ['user', 'admin'] })).context;
  }, 60_000);
  afterAll(() => app.stop());

  it('are made as they were there, and told about like any other', async () => {
    const ira = row({ created_at: '2024-03-01T09:30:00Z', role: 'employer' });
    const { counts, users } = await send([ira]);
    expect(counts).toEqual({ created: 1, exists: 0, rejected: 0 });
    const account = await stored(ira.email);
    expect(users).toEqual([{ index: 0, status: 'created', user_id: account?.id, field: null, reason: null }]);
    expect(account).toMatchObject({
      full_name: 'Ira Imported',
      roles: ['user', 'employer'],
      created_at: new Date('2024-03-01T09:30:00Z'),
      email_verified_at: expect.any(Date),
      password_hash: U_HASH,
      is_owner: false,
    });
    expect(await app.told(UserRegisteredV1, account?.id ?? '')).toEqual([{ user_id: account?.id, method: 'import' }]);
    expect(await app.letters(ira.email)).toEqual([]);
  });

  it('open with the password people have there, and the hash is upgraded by it', async () => {
    const [ira] = [row()];
    await send([ira]);
    await expect(app.signIn(ira.email, 'U*V')).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
    expect((await stored(ira.email))?.password_hash).toBe(U_HASH);
    await app.signIn(ira.email, 'U*U');
    expect((await stored(ira.email))?.password_hash).toMatch(/^\$argon2id\$/);
    await app.signIn(ira.email, 'U*U');
    await expect(app.signIn(ira.email, 'U*V')).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
  });

  it('have long passwords cut at 72 bytes, as bcrypt did, until the whole one was typed once', async () => {
    const ira = row({ password_hash: LONG_HASH });
    await send([ira]);
    await app.signIn(ira.email, `${LONG} and the rest`);
    for (const other of [LONG, `${LONG} and another rest`]) {
      await expect(app.signIn(ira.email, other)).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
    }
    await app.signIn(ira.email, `${LONG} and the rest`);
  });

  it('may have hashes of argon2 with other parameters, or none', async () => {
    const { hash } = await import('@node-rs/argon2');
    const other = row({ password_hash: await hash(PASSWORD, { memoryCost: 8_192, timeCost: 3, parallelism: 2 }) });
    const none = row({ password_hash: null, email_verified: false });
    expect((await send([other, none])).counts.created).toBe(2);
    await app.signIn(other.email, PASSWORD);
    expect((await stored(other.email))?.password_hash).toContain('m=19456');
    expect(await stored(none.email)).toMatchObject({ password_hash: null, email_verified_at: null });
    await expect(app.signIn(none.email, PASSWORD)).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
  });

  it.each([
    ['user', 'a text'],
    ['email', row({ email: 'nobody' })],
    ['email', { full_name: 'X', email_verified: true }],
    ['full_name', row({ full_name: ' \u00a0 ' })],
    ['password_hash', row({ password_hash: 'secret' })],
    ['password_hash', row({ password_hash: U_HASH.replace('$05$', '$15$') })],
    ['created_at', row({ created_at: '2099-01-01T00:00:00Z' })],
    ['created_at', row({ created_at: '2016-12-31T23:59:60Z' })],
    ['email_verified', row({ email_verified: 'yes' })],
    ['role', row({ role: 'admin' })],
    ['is_owner', row({ is_owner: true })],
  ])('are refused naming %s, each by itself: %j', async (field, bad) => {
    const [before, behind] = [row(), row()];
    const { counts, users } = await send([before, bad, behind]);
    expect(counts).toEqual({ created: 2, exists: 0, rejected: 1 });
    expect(users[1]).toMatchObject({ index: 1, status: 'rejected', user_id: null, reason: expect.any(String) });
    expect(users[1]?.field).toMatch(new RegExp(`(^|\\.)${field}$`));
    expect(await stored(behind.email)).toBeDefined();
  });

  it('never touch an account that is there: the same file again changes nothing', async () => {
    const ada = await app.register();
    const before = await stored(ada.email);
    const ira = row();
    const again = { ...ira, email: ira.email.toUpperCase(), password_hash: LONG_HASH };
    const first = await send([{ ...row(), email: ada.email }, ira, again]);
    expect(first.users.map(({ status }) => status)).toEqual(['exists', 'created', 'exists']);
    expect((await send([ira])).counts).toEqual({ created: 0, exists: 1, rejected: 0 });
    expect(await stored(ada.email)).toEqual(before);
    expect((await stored(ira.email))?.password_hash).toBe(U_HASH);
    await app.signIn(ada.email, ada.password);
  });

  it('are made once by two imports of the same file at the same moment', async () => {
    const file = Array.from({ length: 40 }, () => row());
    const answers = await Promise.all([send(file), send(file.toReversed())]);
    expect(answers.map(({ counts }) => counts.created).reduce((sum, n) => sum + n, 0)).toBe(40);
    expect(answers.map(({ counts }) => counts.exists).reduce((sum, n) => sum + n, 0)).toBe(40);
  });

  it('are answered the same under the same idempotency key', async () => {
    const context = { ...boss, idempotencyKey: newId() };
    const file = [row(), row({ email: 'nobody' })];
    const first = await send(file, context);
    expect(first.counts).toEqual({ created: 1, exists: 0, rejected: 1 });
    expect(await send(file, context)).toEqual(first);
  });

  it('stand in the history of the admin with counts, and in their own', async () => {
    const ira = row();
    await send([ira, row({ email: 'nobody' })]);
    const [entry] = (await app.ask(listAudit, {}, boss)).entries;
    expect(entry).toMatchObject({ action: 'accounts.imported', detail: { created: 1, exists: 0, rejected: 1 } });
    const id = (await stored(ira.email))?.id;
    const own = await app.db.admin('SELECT action, actor_id, detail FROM identity.audit_log WHERE user_id = $1', [id]);
    expect(own).toEqual([
      { action: 'account.registered', actor_id: boss.caller.user_id, detail: { method: 'import' } },
    ]);
  });

  it('are for admins to take over, at a batch of 500 at most', async () => {
    const { context } = await app.register();
    const ira = row();
    await expect(send([ira], context)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const many = Array.from({ length: 501 }, () => row());
    await expect(send(many)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
    expect((await send(many.slice(1))).counts.created).toBe(500);
    expect(await stored(ira.email)).toBeUndefined();
  });

  it('do not come to an installation for one person', async () => {
    const single = await startIdentity({ SINGLE_USER: 'true' });
    const context = { caller: { user_id: newId(), roles: ['admin'], scopes: [] } } satisfies OutgoingContext;
    const refused = single.ask(importUsers, { users: [row()] }, context);
    await expect(refused).rejects.toMatchObject({ code: 'REGISTRATION_CLOSED' });
    await single.stop();
  });

  it('are not told from addresses nobody has by the time of a refusal, up to the highest cost that is taken', async () => {
    // The longest floor, so that a busy machine does not reach it; the cost that is taken grows with it.
    const slow = await startIdentity({ CREDENTIAL_ANSWER_FLOOR: '3000ms' });
    const caller: Caller = { user_id: newId(), roles: ['admin'], scopes: [] };
    const ira = row({ password_hash: await bcrypt(PASSWORD, { cost: 14 }) });
    expect((await slow.ask(importUsers, { users: [ira] }, { caller })).counts.created).toBe(1);
    const timeOf = async (email: string): Promise<number> => {
      const began = performance.now();
      const wrong = slow.ask(signIn, { email, password: 'not the password' });
      await expect(wrong).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
      return performance.now() - began;
    };
    const [imported, unknown] = await Promise.all([timeOf(ira.email), timeOf('nobody@example.com')]);
    await slow.stop();
    expect(Math.min(imported, unknown)).toBeGreaterThanOrEqual(2_990);
    expect(Math.abs(imported - unknown)).toBeLessThan(200);
  });
});
