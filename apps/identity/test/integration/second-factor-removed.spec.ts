import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Caller,
  enableTotp,
  getAccount,
  listAudit,
  listPasskeys,
  listSessions,
  refreshSession,
  removeSecondFactor,
  requestExport,
  searchAudit,
  SessionRevokedV1,
  setUpTotp,
  signIn,
  verifyMfa,
} from '#contracts';
import { newId } from '#kernel';
import { eventually } from '#testing';
import type { OutgoingContext } from '#messaging';
import { Authenticator, type Protected, withAuthenticator } from '../support/authenticator.js';
import { contextOf, failureOf, type IdentityApp, PASSWORD, type SignedIn, startIdentity } from './identity-app.js';

const DESK = { clientAddress: '198.51.100.77', userAgent: 'The desk of the admin' };
const absent = { kind: 'not-found', code: 'NOT_FOUND' };

describe('a second factor that was lost', () => {
  let app: IdentityApp;
  let admin: SignedIn;
  beforeAll(async () => {
    app = await startIdentity();
    admin = await app.register({ roles: ['user', 'admin'] });
  }, 60_000);
  afterAll(() => app.stop());

  const remove = (user_id: string, context: OutgoingContext = { ...admin.context, ...DESK }) =>
    app.ask(removeSecondFactor, { user_id }, context);
  const firstStep = async (email: string): Promise<string> => {
    const answer = await app.ask(signIn, { email, password: PASSWORD }, { clientAddress: '203.0.113.7' });
    if ('mfa_required' in answer) return answer.mfa_token;
    throw new Error('no second factor was asked for');
  };
  /** By somebody who has nothing but his authenticator: no session that could have ended. */
  const expectGuarded = async ({ email, authenticator }: Protected): Promise<void> => {
    const proof = { mfa_token: await firstStep(email), code: authenticator.next() };
    await expect(app.ask(verifyMfa, proof)).resolves.toMatchObject({ token_type: 'bearer' });
  };

  it('is taken away with its recovery codes by an admin; the password opens the account, and a new one can be set up', async () => {
    const { email, user, enabled } = await withAuthenticator(app);
    const begun = await firstStep(email);
    await expect(remove(user.id)).resolves.toEqual({});
    const late = app.ask(verifyMfa, { mfa_token: begun, recovery_code: enabled.recovery_codes[0] });
    expect(await failureOf(late)).toMatchObject({ code: 'INVALID_TOKEN' });
    const tokens = await app.signIn(email, PASSWORD);
    const context = contextOf(tokens);
    expect(await app.ask(getAccount, {}, context)).toMatchObject({ mfa_enabled: false, recovery_codes_left: 0 });
    await withAuthenticator(app, { user, email, password: PASSWORD, tokens, context });
    await expect(firstStep(email)).resolves.toBeDefined();
  });

  it('takes every session of the person with it, and none of anybody else', async () => {
    const person = await withAuthenticator(app);
    const proof = { mfa_token: await firstStep(person.email), code: person.authenticator.next() };
    const other = await app.ask(verifyMfa, proof);
    const others = (await app.ask(listSessions, {}, admin.context)).total;
    await remove(person.user.id);
    for (const tokens of [person.tokens, other]) {
      const session_id = contextOf(tokens).caller.session_id ?? '';
      expect(await app.told(SessionRevokedV1, session_id)).toEqual([
        { user_id: person.user.id, session_id, reason: 'factor-change' },
      ]);
      const refreshed = app.ask(refreshSession, { refresh_token: tokens.refresh_token });
      expect(await failureOf(refreshed)).toMatchObject({ code: 'INVALID_REFRESH_TOKEN' });
    }
    expect((await app.ask(listSessions, {}, admin.context)).total).toBe(others);
  });

  it('leaves passkeys where they are: each is a way in of its own', async () => {
    const { context, user } = await withAuthenticator(app);
    await app.db.admin(
      `INSERT INTO identity.passkey (id, user_id, credential_id, public_key, sign_count, aaguid, transports, name,
         backup_eligible, backed_up, created_at)
       VALUES ($1, $2, 'credential', 'key', 0, $1, '{}', 'A phone', false, false, now())`,
      [newId(), user.id],
    );
    await remove(user.id);
    expect((await app.ask(listPasskeys, {}, context)).passkeys).toMatchObject([{ name: 'A phone' }]);
  });

  it('is told to the mailbox as the work of an admin, without saying from where', async () => {
    const { email, user } = await withAuthenticator(app);
    await remove(user.id);
    const letter = (await app.letters(email)).at(-1);
    expect(letter).toMatchObject({ kind: 'mfa_disabled', user_id: user.id });
    expect(letter?.values).toEqual({ by: 'admin', when: app.clock.now().toISOString() });
  });

  it('is not told to a mailbox nobody confirmed: it may be that of a stranger', async () => {
    const { email, user } = await withAuthenticator(app);
    await app.db.admin('UPDATE identity.account SET email_verified_at = NULL WHERE id = $1', [user.id]);
    await remove(user.id);
    expect((await app.letters(email)).map(({ kind }) => kind)).toEqual(['mfa_enabled']);
  });

  it('stands in the history of the person as done by the admin; where he sits is for admins to read', async () => {
    const { context, user } = await withAuthenticator(app);
    await remove(user.id);
    const [own] = (await app.ask(listAudit, {}, context)).entries;
    const entry = { action: 'mfa.disabled', detail: { by: 'admin', sessions_revoked: 1 } };
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

  it('does not tell the person by his export either from where the admin did it, only from where he did things', async () => {
    const { context, user } = await withAuthenticator(app);
    await remove(user.id);
    const { id } = await app.ask(requestExport, {}, context);
    const rows = await eventually(async () => {
      const [part] = await app.db.admin<{ text: string }>(
        `SELECT string_agg(convert_from(p.bytes, 'UTF8'), '' ORDER BY p.piece) AS text
         FROM identity.user_data_piece p JOIN identity.user_data_part d USING (request_id)
         WHERE d.request_id = $1 AND d.entries -> p.entry ->> 'name' = 'identity/audit_log.json'`,
        [id],
      );
      return JSON.parse(part?.text ?? '') as { action: string; address: string | null; user_agent: string | null }[];
    });
    const of = (action: string) => rows.find((row) => row.action === action);
    expect(of('mfa.disabled')).toMatchObject({ actor_id: admin.user.id, address: null, user_agent: null });
    expect(of('session.signed-in')).toMatchObject({ address: '203.0.113.7', user_agent: 'test' });
    expect(JSON.stringify(rows)).not.toContain(DESK.userAgent);
  });

  it.each([
    ['nobody', undefined, 'unauthenticated'],
    ['a user', { roles: ['user'] }, 'forbidden'],
    ['an employer', { roles: ['user', 'employer'] }, 'forbidden'],
    ['a key of an admin', { scopes: ['admin:users'] }, 'forbidden'],
  ] as [string, Partial<Caller> | undefined, string][])('is not taken away by %s', async (_who, changes, kind) => {
    const person = await withAuthenticator(app);
    const context = changes === undefined ? {} : { caller: { ...admin.context.caller, ...changes } };
    expect(await failureOf(remove(person.user.id, context))).toMatchObject({ kind });
    await expectGuarded(person);
  });

  it('is not taken away by its owner, also where he is an admin: that takes password and code', async () => {
    const boss = await withAuthenticator(app, await app.register({ roles: ['user', 'admin'] }));
    expect(await failureOf(remove(boss.user.id, boss.context))).toMatchObject({
      kind: 'conflict',
      code: 'CONFLICT',
      message: expect.stringContaining('POST /auth/mfa/totp/disable'),
    });
    await expectGuarded(boss);
  });

  it('is not found where there is no such person or the person has none, and what waits for its first code goes on', async () => {
    const { context, email, user } = await app.register();
    expect(await failureOf(remove(newId()))).toMatchObject(absent);
    expect(await failureOf(remove(user.id))).toMatchObject(absent);
    const { secret } = await app.ask(setUpTotp, { current_password: PASSWORD }, context);
    expect(await failureOf(remove(user.id))).toMatchObject(absent);
    const code = new Authenticator(secret, app.clock).code();
    await expect(app.ask(enableTotp, { code }, context)).resolves.toMatchObject({ status: 'enabled' });
    await expect(firstStep(email)).resolves.toBeDefined();
  });

  it('is taken away once, of ten who ask at the same moment', async () => {
    const { email, user } = await withAuthenticator(app);
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => remove(user.id)));
    const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(refusals).toHaveLength(9);
    for (const refusal of refusals) expect(refusal).toMatchObject(absent);
    expect((await app.letters(email)).filter(({ kind }) => kind === 'mfa_disabled')).toHaveLength(1);
    const { entries } = await app.ask(searchAudit, { user_id: user.id, action: 'mfa.disabled' }, admin.context);
    expect(entries).toHaveLength(1);
  });

  it('stays with its sessions where taking it away cannot be written down', async () => {
    const person = await withAuthenticator(app);
    await app.db.admin(
      `ALTER TABLE identity.audit_log ADD CONSTRAINT out_of_order CHECK (action <> 'mfa.disabled') NOT VALID`,
    );
    try {
      expect(await failureOf(remove(person.user.id))).toMatchObject({ kind: 'internal' });
    } finally {
      await app.db.admin('ALTER TABLE identity.audit_log DROP CONSTRAINT out_of_order');
    }
    expect(await app.ask(getAccount, {}, person.context)).toMatchObject({ mfa_enabled: true, recovery_codes_left: 10 });
    expect((await app.ask(listSessions, {}, person.context)).total).toBe(1);
    expect((await app.letters(person.email)).map(({ kind }) => kind)).toEqual(['mfa_enabled']);
    await expectGuarded(person);
  });
});
