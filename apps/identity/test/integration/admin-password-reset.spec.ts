import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Caller,
  listAudit,
  listSessions,
  resetPassword,
  searchAudit,
  sendSignInCode,
  startPasswordReset,
  verifySignInCode,
} from '#contracts';
import { newId } from '#kernel';
import type { OutgoingContext } from '#messaging';
import {
  contextOf,
  failureOf,
  type IdentityApp,
  PASSWORD,
  type SignedIn,
  startIdentity,
  tokensIn,
} from './identity-app.js';

const DESK = { clientAddress: '198.51.100.77', userAgent: 'The desk of the admin' };
const NEW_PASSWORD = 'eight yellow giraffes';

describe('a password reset that an admin starts', () => {
  let app: IdentityApp;
  let admin: SignedIn;
  beforeAll(async () => {
    app = await startIdentity({ MAILS_PER_HOUR_AND_ADDRESS: '1000' });
    admin = await app.register({ roles: ['user', 'admin'] });
  }, 60_000);
  afterAll(() => app.stop());

  const start = (user_id: string, context: OutgoingContext = { ...admin.context, ...DESK }) =>
    app.ask(startPasswordReset, { user_id }, context);
  const lettersTo = async (email: string) => (await app.letters(email)).filter(({ kind }) => kind === 'reset_password');
  const tokenTo = async (email: string) => (await lettersTo(email)).at(-1)?.values['token'] ?? '';

  it('sends the person the usual letter, tells the admin nothing of it, and ends nothing by itself', async () => {
    const { email, user, context } = await app.register();
    expect(await start(user.id)).toEqual({ status: 'accepted' });
    const [letter, ...more] = await lettersTo(email);
    expect(more).toEqual([]);
    expect(letter).toMatchObject({ user_id: user.id, values: { by: 'admin', token: expect.stringMatching(/^ccmt_/) } });
    const before = (await app.ask(listSessions, {}, context)).total;
    await expect(app.signIn(email, PASSWORD)).resolves.toBeDefined();
    expect((await app.ask(listSessions, {}, context)).total).toBe(before + 1);

    const token = letter?.values['token'] ?? '';
    const { entries } = await app.ask(searchAudit, { user_id: user.id }, admin.context);
    expect(JSON.stringify(entries)).not.toContain(token);
    await app.ask(resetPassword, { token, new_password: NEW_PASSWORD });
    await expect(app.signIn(email, NEW_PASSWORD)).resolves.toBeDefined();
    expect(await failureOf(app.signIn(email, PASSWORD))).toMatchObject({ code: 'INVALID_CREDENTIALS' });
  });

  it('stands in the history of the person as done by an admin; who, and where he sits, is for admins to read', async () => {
    const { user, context } = await app.register();
    await start(user.id);
    const entry = { action: 'password.reset-requested', detail: { by: 'admin' } };
    const [own] = (await app.ask(listAudit, {}, context)).entries;
    expect(own).toMatchObject({ ...entry, address: null, user_agent: null });
    const [full] = (await app.ask(searchAudit, { user_id: user.id }, admin.context)).entries;
    expect(full).toMatchObject({
      ...entry,
      user_id: user.id,
      actor_id: admin.user.id,
      address: DESK.clientAddress,
      user_agent: DESK.userAgent,
    });
  });

  it('makes the letters of before worthless: only the newest counts', async () => {
    const { email, user } = await app.register();
    await start(user.id);
    const first = await tokenTo(email);
    await start(user.id);
    const refused = app.ask(resetPassword, { token: first, new_password: NEW_PASSWORD });
    expect(await failureOf(refused)).toMatchObject({ code: 'INVALID_TOKEN' });
    const token = await tokenTo(email);
    await expect(app.ask(resetPassword, { token, new_password: NEW_PASSWORD })).resolves.toBeDefined();
  });

  it.each([
    ['nobody', undefined, 'unauthenticated'],
    ['a user', { roles: ['user'] }, 'forbidden'],
    ['an employer', { roles: ['user', 'employer'] }, 'forbidden'],
    ['a key of an admin', { scopes: ['admin:users'] }, 'forbidden'],
  ] as [string, Partial<Caller> | undefined, string][])('is not started by %s', async (_who, changes, kind) => {
    const { email, user } = await app.register();
    const context = changes === undefined ? {} : { caller: { ...admin.context.caller, ...changes } };
    expect(await failureOf(start(user.id, context))).toMatchObject({ kind });
    expect(await lettersTo(email)).toEqual([]);
  });

  it('is not found for nobody, and a conflict for who is blocked or signs in without a password', async () => {
    expect(await failureOf(start(newId()))).toMatchObject({ kind: 'not-found', code: 'NOT_FOUND' });
    const blocked = await app.register();
    await app.db.admin('UPDATE identity.account SET blocked_at = now() WHERE id = $1', [blocked.user.id]);
    expect(await failureOf(start(blocked.user.id))).toMatchObject({ kind: 'conflict', code: 'CONFLICT' });
    const email = `${newId()}@example.com`;
    await app.ask(sendSignInCode, { email });
    const otp = (await app.letters(email))[0]?.values['code'] ?? '';
    const withoutPassword = contextOf(tokensIn(await app.ask(verifySignInCode, { email, otp }))).caller.user_id;
    expect(await failureOf(start(withoutPassword))).toMatchObject({ kind: 'conflict', code: 'CONFLICT' });
    for (const address of [blocked.email, email]) expect(await lettersTo(address)).toEqual([]);
  });
});

describe('the cap of letters to a mailbox', () => {
  let app: IdentityApp;
  beforeAll(async () => {
    app = await startIdentity({ MAILS_PER_DAY_AND_MAILBOX: '2' });
  }, 60_000);
  afterAll(() => app.stop());

  it('holds for admins, too', async () => {
    const admin = await app.register({ roles: ['user', 'admin'] });
    const { email, user } = await app.register();
    const start = () => app.ask(startPasswordReset, { user_id: user.id }, admin.context);
    await start();
    await start();
    expect(await failureOf(start())).toMatchObject({ kind: 'rate-limited' });
    expect((await app.letters(email)).filter(({ kind }) => kind === 'reset_password')).toHaveLength(2);
  });
});
