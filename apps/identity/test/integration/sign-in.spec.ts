import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  changePassword,
  getAccount,
  listAudit,
  listRevocations,
  listSessions,
  listSigningKeys,
  refreshSession,
  registerAccount,
  revokeSessions,
  SessionRevokedV1,
  signOut,
  UserLoggedInV1,
  UserRegisteredV1,
} from '#contracts';
import { newId } from '#kernel';
import { assertNoDrift } from '#testing';
import { hash } from '@node-rs/argon2';
import { createPublicKey } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { identitySchema } from '../../src/index.js';
import { SigningKeysService } from '../../src/signing-keys/signing-keys.service.js';
import { contextOf, failureOf, type IdentityApp, PASSWORD, startIdentity } from './identity-app.js';

describe('accounts and sessions', () => {
  let app: IdentityApp;
  beforeAll(async () => {
    app = await startIdentity();
  }, 60_000);
  afterAll(() => app.stop());

  const refresh = (refresh_token: string) => app.ask(refreshSession, { refresh_token });
  const anEmail = () => `${newId()}@example.com`;

  it('has migrations and entities that agree', async () => {
    await assertNoDrift(app.db.adminUrl, [identitySchema]);
  });

  describe('registration', () => {
    it('makes a user, tells it once and keeps the password only as argon2id', async () => {
      const email = anEmail();
      const user = await app.registerOnly({ email, password: PASSWORD, full_name: '  Ada Lovelace ' });
      expect(user).toMatchObject({ email, full_name: 'Ada Lovelace', roles: ['user'], email_verified: false });
      expect(await app.told(UserRegisteredV1, user.id)).toEqual([{ user_id: user.id, method: 'password' }]);
      const [row] = await app.db.admin('SELECT * FROM identity.account WHERE id = $1', [user.id]);
      expect(row?.password_hash).toMatch(/^\$argon2id\$/);
      expect(JSON.stringify(row)).not.toContain(PASSWORD);
    });

    it('answers 409 for an address that is taken, in whatever case, also to twenty at once', async () => {
      const email = anEmail();
      const attempts = Array.from({ length: 20 }, (_, i) =>
        app.ask(registerAccount, {
          email: i % 2 === 0 ? email : email.toUpperCase(),
          password: PASSWORD,
          full_name: 'Ada',
        }),
      );
      const outcomes = await Promise.allSettled(attempts);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') {
          expect(outcome.reason).toMatchObject({ kind: 'conflict', code: 'EMAIL_ALREADY_REGISTERED' });
        }
      }
    });

    it('with an idempotency key makes one account, answers it again, and remembers no way to try the password', async () => {
      const request = { email: anEmail(), password: PASSWORD, full_name: 'Ada' };
      const context = { idempotencyKey: newId(), clientAddress: '203.0.113.1' };
      const first = await app.registerOnly(request, context);
      expect(await app.registerOnly(request, context)).toEqual(first);
      const other = failureOf(app.ask(registerAccount, { ...request, password: `${PASSWORD}!` }, context));
      expect(await other).toMatchObject({ kind: 'conflict', code: 'IDEMPOTENCY_KEY_REUSED' });
      expect(await app.told(UserRegisteredV1, first.id)).toHaveLength(1);
    });

    it.each([
      ['a short password', { password: 'seven77' }, 'password'],
      ['a common password', { password: 'password123' }, 'password'],
      ['a password made of the name', { password: 'AdaLovelace1' }, 'password'],
      ['a blank name', { full_name: '   ' }, 'full_name'],
      ['no e-mail address', { email: 'ada' }, 'email'],
      ['a role', { roles: ['admin'] }, 'roles'],
      ['an id', { id: newId() }, 'id'],
    ])('refuses %s naming the field, and writes nothing', async (_what, change, field) => {
      const email = anEmail();
      const request = { email, password: PASSWORD, full_name: 'Ada Lovelace', ...change };
      expect(await failureOf(app.ask(registerAccount, request))).toMatchObject({
        kind: 'invalid',
        details: [{ field, message: expect.any(String) }],
      });
      expect(await app.db.admin('SELECT id FROM identity.account WHERE email = $1', [email])).toEqual([]);
    });
  });

  describe('sign-in', () => {
    it('answers a token the published keys verify, with issuer, audience, type and a true expires_in', async () => {
      const { tokens, user } = await app.register();
      const decoded = jwt.decode(tokens.access_token, { complete: true });
      expect(decoded?.header).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
      const { keys } = await app.ask(listSigningKeys, {});
      const jwk = keys.find((key) => key.kid === decoded?.header.kid);
      expect(Object.keys(jwk ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
      const claims = jwt.verify(tokens.access_token, createPublicKey({ key: jwk ?? {}, format: 'jwk' }), {
        algorithms: ['ES256'],
        issuer: 'career-copilot',
        audience: 'career-copilot-api',
      });
      expect(claims).toMatchObject({ sub: user.id, roles: ['user'], email_verified: false });
      if (typeof claims === 'string') throw new Error('claims are an object');
      const lifeSeconds = (claims.exp ?? 0) - (claims.iat ?? 0);
      expect(lifeSeconds).toBeGreaterThanOrEqual(tokens.expires_in);
      expect(lifeSeconds).toBeLessThan(tokens.expires_in + 1);
      expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 1800 });
    });

    it('tells that somebody signed in, with ids only', async () => {
      const { user, context } = await app.register();
      expect(await app.told(UserLoggedInV1, user.id)).toEqual([
        { user_id: user.id, session_id: context.caller.session_id, method: 'password' },
      ]);
    });

    it('finds the account in whatever case the address is typed', async () => {
      const { email } = await app.register();
      await expect(app.signIn(email.toUpperCase(), PASSWORD)).resolves.toBeDefined();
    });

    it('accepts the password typed with composed and with decomposed letters', async () => {
      const email = anEmail();
      await app.ask(registerAccount, { email, password: 'un caf\u00e9 au lait', full_name: 'Ada' });
      await expect(app.signIn(email, 'un cafe\u0301 au lait')).resolves.toBeDefined();
    });

    it('gives the same answer for a wrong password and for an unknown address', async () => {
      const { email } = await app.register();
      const wrong = await failureOf(app.signIn(email, 'not the password'));
      const unknown = await failureOf(app.signIn(anEmail(), 'not the password'));
      expect(wrong).toMatchObject({ kind: 'unauthenticated', code: 'INVALID_CREDENTIALS' });
      expect(JSON.stringify(unknown)).toBe(JSON.stringify(wrong));
    });

    it('hashes anew when the parameters have changed since', async () => {
      const { email, user } = await app.register();
      const weak = await hash(PASSWORD, { memoryCost: 8192, timeCost: 1, parallelism: 1 });
      await app.db.admin('UPDATE identity.account SET password_hash = $2 WHERE id = $1', [user.id, weak]);
      await app.signIn(email, PASSWORD);
      const [row] = await app.db.admin('SELECT password_hash FROM identity.account WHERE id = $1', [user.id]);
      expect(row?.password_hash).toContain('m=19456,t=2,p=1');
      await expect(app.signIn(email, PASSWORD)).resolves.toBeDefined();
    });

    it('keeps refresh tokens only as hashes', async () => {
      const { tokens } = await app.register();
      const rows = await app.db.admin(`SELECT encode(token_hash, 'escape') AS text FROM identity.refresh_token`);
      expect(JSON.stringify(rows)).not.toContain(tokens.refresh_token.slice(5, 20));
    });
  });

  describe('refresh', () => {
    it('gives a new pair of the same session', async () => {
      const { tokens, context } = await app.register();
      const next = await refresh(tokens.refresh_token);
      expect(next.refresh_token).not.toBe(tokens.refresh_token);
      expect(contextOf(next).caller.session_id).toBe(context.caller.session_id);
      await expect(refresh(next.refresh_token)).resolves.toBeDefined();
    });

    it('ends the whole family when a token comes a second time, even at once, and says so', async () => {
      const { tokens, user, context } = await app.register();
      const next = await refresh(tokens.refresh_token);
      expect(await failureOf(refresh(tokens.refresh_token))).toMatchObject({
        kind: 'unauthenticated',
        code: 'INVALID_REFRESH_TOKEN',
      });
      expect(await failureOf(refresh(next.refresh_token))).toMatchObject({ code: 'INVALID_REFRESH_TOKEN' });
      const session_id = context.caller.session_id ?? '';
      expect(await app.told(SessionRevokedV1, session_id)).toEqual([{ user_id: user.id, session_id, reason: 'reuse' }]);
      const { sessions } = await app.ask(listRevocations, {});
      expect(sessions.map((session) => session.session_id)).toContain(session_id);
    });

    it('lets at most one of twenty at once have a pair', async () => {
      const { tokens } = await app.register();
      const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => refresh(tokens.refresh_token)));
      expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'INVALID_REFRESH_TOKEN' });
      }
    });

    it.each(['nonsense', '', 'ccrt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'])('refuses %j', async (token) => {
      expect(['INVALID_REFRESH_TOKEN', 'VALIDATION_ERROR']).toContain(
        Reflect.get(Object(await failureOf(refresh(token))), 'code'),
      );
    });

    it('does not take an access token for a refresh token', async () => {
      const { tokens } = await app.register();
      const failure = await failureOf(refresh(tokens.access_token));
      expect(['INVALID_REFRESH_TOKEN', 'VALIDATION_ERROR']).toContain(Reflect.get(Object(failure), 'code'));
    });
  });

  describe('ending sessions', () => {
    it('signing out ends this session and no other', async () => {
      const { tokens, email, context } = await app.register();
      const elsewhere = await app.signIn(email, PASSWORD);
      expect(await app.ask(signOut, {}, context)).toEqual({ status: 'signed_out', sessions_revoked: 1 });
      expect(await failureOf(refresh(tokens.refresh_token))).toMatchObject({ code: 'INVALID_REFRESH_TOKEN' });
      await expect(refresh(elsewhere.refresh_token)).resolves.toBeDefined();
    });

    it('signing out everywhere ends all, and tells each', async () => {
      const { email, context, tokens } = await app.register();
      const elsewhere = await app.signIn(email, PASSWORD);
      expect(await app.ask(signOut, { all: true }, context)).toMatchObject({ sessions_revoked: 2 });
      for (const pair of [tokens, elsewhere]) {
        expect(await failureOf(refresh(pair.refresh_token))).toMatchObject({ code: 'INVALID_REFRESH_TOKEN' });
        expect(await app.told(SessionRevokedV1, contextOf(pair).caller.session_id ?? '')).toHaveLength(1);
      }
    });

    it('lists my sessions and lets me end one; those of others are not found', async () => {
      const me = await app.register();
      const other = await app.register();
      await app.signIn(me.email, PASSWORD, '198.51.100.9');
      const mine = await app.ask(listSessions, {}, me.context);
      expect(mine).toMatchObject({ total: 2, page: 1, per_page: 20, total_pages: 1 });
      const elsewhere = mine.sessions.find((session) => !session.current);
      expect(elsewhere).toMatchObject({ address: '198.51.100.9', user_agent: 'test' });

      const foreign = app.ask(revokeSessions, { session_id: elsewhere?.id }, other.context);
      expect(await failureOf(foreign)).toMatchObject({ kind: 'not-found' });
      expect(await failureOf(app.ask(revokeSessions, { session_id: newId() }, me.context))).toMatchObject({
        kind: 'not-found',
      });
      await app.ask(revokeSessions, { session_id: elsewhere?.id }, me.context);
      expect((await app.ask(listSessions, {}, me.context)).sessions).toEqual([
        expect.objectContaining({ id: me.context.caller.session_id, current: true }),
      ]);
    });
  });

  describe('changing the password', () => {
    const change = (context: object, current_password: string, new_password: string) =>
      app.ask(changePassword, { current_password, new_password }, context);

    it('ends every other session and keeps the one that asks', async () => {
      const { email, context, tokens } = await app.register();
      const elsewhere = await app.signIn(email, PASSWORD);
      const changed = await change(context, PASSWORD, 'eight yellow giraffes');
      expect(changed).toEqual({ status: 'password_changed', sessions_revoked: 1 });
      expect(await failureOf(refresh(elsewhere.refresh_token))).toMatchObject({ code: 'INVALID_REFRESH_TOKEN' });
      await expect(refresh(tokens.refresh_token)).resolves.toBeDefined();
      expect(await failureOf(app.signIn(email, PASSWORD))).toMatchObject({ code: 'INVALID_CREDENTIALS' });
      await expect(app.signIn(email, 'eight yellow giraffes')).resolves.toBeDefined();
      const session_id = contextOf(elsewhere).caller.session_id ?? '';
      expect(await app.told(SessionRevokedV1, session_id)).toMatchObject([{ reason: 'password-change' }]);
    });

    it.each([
      ['the wrong current password', 'not this one', 'eight yellow giraffes', 'current_password'],
      ['a new one that is too common', PASSWORD, 'password123', 'new_password'],
      ['a new one that is the old one', PASSWORD, PASSWORD, 'new_password'],
    ])('refuses %s naming the field, and changes nothing', async (_what, current, next, field) => {
      const { email, context } = await app.register();
      expect(await failureOf(change(context, current, next))).toMatchObject({ kind: 'invalid', details: [{ field }] });
      await expect(app.signIn(email, PASSWORD)).resolves.toBeDefined();
    });
  });

  describe('security history', () => {
    it('shows me what happened to my account, newest first, and not what was typed', async () => {
      const { email, context } = await app.register();
      await failureOf(app.signIn(email, 'a wrong password'));
      const { entries, total } = await app.ask(listAudit, {}, context);
      expect(entries.map((entry) => entry.action)).toEqual([
        'session.sign-in-refused',
        'session.signed-in',
        'account.registered',
      ]);
      expect(total).toBe(3);
      expect(JSON.stringify(entries)).not.toContain('a wrong password');
      const page = await app.ask(listAudit, { page: 2, per_page: 1 }, context);
      expect(page.entries.map((entry) => entry.action)).toEqual(['session.signed-in']);
    });
  });

  it('rotates signing keys with overlap: both are published, old tokens stay good, new ones use the new key', async () => {
    const { tokens } = await app.register();
    const kidOf = (token: string) => jwt.decode(token, { complete: true })?.header.kid;
    const kids = async () => (await app.ask(listSigningKeys, {})).keys.map((key) => key.kid);
    const old = kidOf(tokens.access_token);
    await app.get(SigningKeysService).rotateNow();
    expect(await kids()).toHaveLength(2);

    const during = await refresh(tokens.refresh_token);
    expect(kidOf(during.access_token)).toBe(old);
    app.clock.advance(11 * 60_000);
    const after = await refresh(during.refresh_token);
    expect(kidOf(after.access_token)).not.toBe(old);
    expect(await kids()).toContain(old);
    app.clock.advance(33 * 60_000);
    expect(await kids()).toEqual([kidOf(after.access_token)]);
  });

  it('gives a key that got too old a successor by itself, once, however many sign at that moment', async () => {
    const count = async () => (await app.ask(listSigningKeys, {})).keys.length;
    expect(await count()).toBe(1);
    app.clock.advance(30 * 86_400_000);
    await Promise.all(Array.from({ length: 5 }, () => app.register()));
    expect(await count()).toBe(2);
    app.clock.advance(86_400_000);
    await app.register();
    expect(await count()).toBe(1);
  });

  it('keeps private keys sealed', async () => {
    const rows = await app.db.admin<{ private_key_sealed: string }>('SELECT * FROM identity.signing_key');
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain('PRIVATE KEY');
  });

  it('forgets expired refresh tokens and ends sessions that are too old, however busy', async () => {
    const { tokens } = await app.register();
    app.clock.advance(7 * 86_400_000 + 1);
    expect(await failureOf(refresh(tokens.refresh_token))).toMatchObject({ code: 'INVALID_REFRESH_TOKEN' });

    let { tokens: pair } = await app.register();
    for (let day = 0; day < 84; day += 6) {
      app.clock.advance(6 * 86_400_000);
      pair = await refresh(pair.refresh_token);
    }
    app.clock.advance(6 * 86_400_000 + 1);
    expect(await failureOf(refresh(pair.refresh_token))).toMatchObject({ code: 'INVALID_REFRESH_TOKEN' });
  });

  it('does not answer about an account without a caller', async () => {
    expect(await failureOf(app.ask(getAccount, {}))).toMatchObject({ kind: 'unauthenticated' });
  });
});
