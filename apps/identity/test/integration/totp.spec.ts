import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  changePassword,
  disableTotp,
  type DisableTotpRequest,
  enableTotp,
  exchangeSignInCode,
  getAccount,
  listAudit,
  listSessions,
  type MfaRequired,
  refreshSession,
  renewRecoveryCodes,
  requestErasure,
  requestPasswordReset,
  resetPassword,
  sendSignInCode,
  SessionRevokedV1,
  setUpTotp,
  signIn,
  type SignInAnswer,
  UserLoggedInV1,
  verifyMfa,
  verifySignInCode,
} from '#contracts';
import { newId } from '#kernel';
import type { OutgoingContext } from '#messaging';
import { FieldCipher } from '#platform';
import { ExternalSignInService } from '../../src/external-identities/external-sign-in.service.js';
import { Authenticator, type Protected, withAuthenticator } from '../support/authenticator.js';
import { googleIdentity } from '../support/google.js';
import { contextOf, failureOf, type IdentityApp, PASSWORD, startIdentity, tokensIn } from './identity-app.js';

const MINUTE = 60_000;
const NEW_PASSWORD = 'eight yellow giraffes';
const invalidToken = { kind: 'invalid', code: 'INVALID_TOKEN', details: [{ field: 'mfa_token' }] };
const wrong = { kind: 'unauthenticated', code: 'INVALID_CODE' };
const refusedField = (field: string) => ({ kind: 'invalid', details: [{ field }] });

let nextAddress = 0;
/** Everybody comes from a network of his own, unless the test says otherwise. */
const from = (): OutgoingContext => {
  nextAddress += 1;
  return { clientAddress: `10.3.${nextAddress >> 8}.${nextAddress & 255}`, userAgent: 'test' };
};

function asked(answer: SignInAnswer): MfaRequired {
  if ('mfa_required' in answer) return answer;
  throw new Error('no second factor was asked for');
}

function tools(app: () => IdentityApp) {
  const firstStep = async (email: string, password = PASSWORD, context = from()): Promise<MfaRequired> =>
    asked(await app().ask(signIn, { email, password }, context));
  const finish = (mfa_token: string, proof: { code?: string; recovery_code?: string }, context = from()) =>
    app().ask(verifyMfa, { mfa_token, ...proof }, context);
  return {
    firstStep,
    finish,
    enter: async (person: Protected, context = from()) =>
      finish((await firstStep(person.email)).mfa_token, { code: person.authenticator.next() }, context),
    letterTo: async (address: string, kind: string) =>
      (await app().letters(address)).filter((letter) => letter.kind === kind).at(-1)?.values ?? {},
    kindsTo: async (address: string) => (await app().letters(address)).map((letter) => letter.kind),
    actionsOf: async (userId: string) =>
      (
        await app().db.admin<{ action: string; detail: object }>(
          'SELECT action, detail FROM identity.audit_log WHERE user_id = $1 ORDER BY sequence',
          [userId],
        )
      ).map(({ action, detail }) => ({ action, detail })),
  };
}

describe('an authenticator', () => {
  let app: IdentityApp;
  beforeAll(async () => {
    app = await startIdentity({ INSTALLATION_NAME: 'Jobs & more' });
  }, 60_000);
  afterAll(() => app.stop());
  const { firstStep, finish, kindsTo, actionsOf } = tools(() => app);
  const current_password = PASSWORD;

  it('guards nothing until its first code was seen, and every sign-in from then on', async () => {
    const { email, context } = await app.register();
    const setup = await app.ask(setUpTotp, { current_password }, context);
    expect(setup).toMatchObject({ issuer: 'Jobs & more', expires_in: 900 });
    expect(new URL(setup.otpauth_uri).searchParams.get('secret')).toBe(setup.secret);
    expect(decodeURIComponent(new URL(setup.otpauth_uri).pathname)).toBe(`/Jobs & more:${email}`);
    expect(await app.ask(getAccount, {}, context)).toMatchObject({ mfa_enabled: false, recovery_codes_left: 0 });
    await expect(app.signIn(email, PASSWORD)).resolves.toBeDefined();
    const authenticator = new Authenticator(setup.secret, app.clock);
    const enabled = await app.ask(enableTotp, { code: authenticator.code() }, context);
    expect(new Set(enabled.recovery_codes).size).toBe(10);
    expect(await app.ask(getAccount, {}, context)).toMatchObject({ mfa_enabled: true, recovery_codes_left: 10 });
    const step = await firstStep(email);
    expect(step).toEqual({
      mfa_required: true,
      mfa_token: expect.stringMatching(/^ccst_/),
      methods: ['totp', 'recovery_code'],
      expires_in: 300,
    });
    await expect(finish(step.mfa_token, { code: authenticator.next() })).resolves.toMatchObject({
      token_type: 'bearer',
    });
  });

  it.each([
    ['no password', {}],
    ['a wrong password', { current_password: 'wrong' }],
  ])('is not set up with %s', async (_what, request) => {
    const { context } = await app.register();
    expect(await failureOf(app.ask(setUpTotp, request, context))).toMatchObject(refusedField('current_password'));
  });

  it('needs a fresh sign-in where there is no password to ask for', async () => {
    const email = `${newId()}@example.com`;
    await app.ask(sendSignInCode, { email }, from());
    const [letter] = await app.letters(email);
    const tokens = tokensIn(await app.ask(verifySignInCode, { email, otp: letter?.values['code'] ?? '' }, from()));
    app.clock.advance(15 * MINUTE + 1);
    expect(await failureOf(app.ask(setUpTotp, {}, contextOf(tokens)))).toMatchObject(refusedField('current_password'));
    await app.ask(sendSignInCode, { email }, from());
    const fresh = (await app.letters(email)).at(-1)?.values['code'] ?? '';
    const again = tokensIn(await app.ask(verifySignInCode, { email, otp: fresh }, from()));
    await expect(app.ask(setUpTotp, {}, contextOf(again))).resolves.toBeDefined();
  });

  it('is not replaced while it is on, by whoever has session and password', async () => {
    const { context, authenticator } = await withAuthenticator(app);
    const refused = { code: 'ALREADY_EXISTS' };
    expect(await failureOf(app.ask(setUpTotp, { current_password }, context))).toMatchObject(refused);
    expect(await failureOf(app.ask(enableTotp, { code: authenticator.next() }, context))).toMatchObject(refused);
  });

  it('waits fifteen minutes for its first code; only the newest secret counts', async () => {
    const { context } = await app.register();
    expect(await failureOf(app.ask(enableTotp, { code: '123456' }, context))).toMatchObject({ code: 'CONFLICT' });
    const first = new Authenticator((await app.ask(setUpTotp, { current_password }, context)).secret, app.clock);
    const second = new Authenticator((await app.ask(setUpTotp, { current_password }, context)).secret, app.clock);
    if (first.code() !== second.code()) {
      const failure = await failureOf(app.ask(enableTotp, { code: first.code() }, context));
      expect(failure).toMatchObject(refusedField('code'));
    }
    app.clock.advance(15 * MINUTE);
    expect(await failureOf(app.ask(enableTotp, { code: second.code() }, context))).toMatchObject({ code: 'CONFLICT' });
  });

  it('ends every other session when it comes and when it goes, and tells the mailbox', async () => {
    const person = await app.register();
    const other = contextOf(await app.signIn(person.email, PASSWORD));
    const { authenticator, context, email, user, enabled } = await withAuthenticator(app, person);
    expect(enabled.sessions_revoked).toBe(1);
    const { sessions } = await app.ask(listSessions, {}, context);
    expect(sessions.map(({ id }) => id)).toEqual([context.caller.session_id]);
    expect(await app.told(SessionRevokedV1, other.caller.session_id ?? '')).toEqual([
      { user_id: user.id, session_id: other.caller.session_id, reason: 'factor-change' },
    ]);
    const { mfa_token } = await firstStep(email);
    await finish(mfa_token, { code: authenticator.next() });
    const gone = await app.ask(disableTotp, { current_password, code: authenticator.next() }, context);
    expect(gone).toEqual({ status: 'disabled', sessions_revoked: 1 });
    expect(await kindsTo(email)).toEqual(['mfa_enabled', 'mfa_disabled']);
    expect((await actionsOf(user.id)).map(({ action }) => action)).toEqual([
      'account.registered',
      'session.signed-in',
      'session.signed-in',
      'mfa.enabled',
      'mfa.asked',
      'session.signed-in',
      'mfa.disabled',
    ]);
  });

  it('goes with password and code together, and with neither alone', async () => {
    const { authenticator, context, email, enabled } = await withAuthenticator(app);
    const attempt = (request: DisableTotpRequest) => app.ask(disableTotp, request, context);
    expect(await failureOf(attempt({ current_password }))).toMatchObject(refusedField('code'));
    expect(await failureOf(attempt({ code: authenticator.next() }))).toMatchObject(refusedField('current_password'));
    expect(await failureOf(attempt({ current_password, code: authenticator.wrong() }))).toMatchObject(
      refusedField('code'),
    );
    const both = { code: authenticator.code(), recovery_code: enabled.recovery_codes[0] };
    expect(await failureOf(attempt({ current_password, ...both }))).toMatchObject(refusedField('code'));
    expect(await app.ask(getAccount, {}, context)).toMatchObject({ mfa_enabled: true, recovery_codes_left: 10 });
    await attempt({ current_password, code: authenticator.code() });
    expect(await app.ask(getAccount, {}, context)).toMatchObject({ mfa_enabled: false, recovery_codes_left: 0 });
    await expect(app.signIn(email, PASSWORD)).resolves.toBeDefined();
    expect(await failureOf(attempt({ current_password, code: authenticator.next() }))).toMatchObject({
      code: 'CONFLICT',
    });
  });

  it('is not guessed with a stolen session, and that does not lock the sign-in', async () => {
    const person = await withAuthenticator(app);
    const guess = () => app.ask(disableTotp, { current_password, code: person.authenticator.wrong() }, person.context);
    for (let i = 0; i < 5; i += 1) expect(await failureOf(guess())).toMatchObject(refusedField('code'));
    expect(await failureOf(guess())).toMatchObject({ code: 'TOO_MANY_ATTEMPTS' });
    const { mfa_token } = await firstStep(person.email);
    await expect(finish(mfa_token, { code: person.authenticator.next() })).resolves.toBeDefined();
    const refused = (await actionsOf(person.user.id)).filter(({ action }) => action === 'mfa.refused');
    expect(refused).toHaveLength(5);
  });

  it('keeps its secret sealed and bound to its owner, and the recovery codes as hashes', async () => {
    const setup = await app.ask(setUpTotp, { current_password }, (await app.register()).context);
    const { enabled, user } = await withAuthenticator(app);
    const rows = await app.db.admin<{ user_id: string; secret_sealed: string }>('SELECT * FROM identity.totp_factor');
    const codes = await app.db.admin(`SELECT *, encode(code_hash, 'escape') AS text FROM identity.recovery_code`);
    const outbox = await app.db.admin(`SELECT payload::text FROM identity.outbox`);
    const all = JSON.stringify([rows, codes, outbox]);
    expect(all).not.toContain(setup.secret);
    for (const code of enabled.recovery_codes) expect(all).not.toContain(code.replaceAll('-', ''));
    const sealed = rows.find(({ user_id }) => user_id === user.id)?.secret_sealed ?? '';
    const place = { table: 'identity.totp_factor', column: 'secret_sealed' };
    expect(app.get(FieldCipher).decrypt(sealed, { ...place, owner: user.id })).toMatch(/^[A-Z2-7]{32}$/);
    expect(() => app.get(FieldCipher).decrypt(sealed, { ...place, owner: newId() })).toThrow();
  });
});

describe('signing in with a second factor', () => {
  let app: IdentityApp;
  beforeAll(async () => {
    app = await startIdentity();
  }, 60_000);
  afterAll(() => app.stop());
  const { firstStep, finish, enter, letterTo, kindsTo, actionsOf } = tools(() => app);

  const rpcContext = () => ({
    ...from(),
    requestId: newId(),
    timeoutMs: 10_000,
    signal: new AbortController().signal,
  });
  const WAYS: [string, string, (email: string) => Promise<unknown>][] = [
    ['the password', 'password', (email) => app.ask(signIn, { email, password: PASSWORD }, from())],
    [
      'a code by mail',
      'otp',
      async (email) => {
        await app.ask(sendSignInCode, { email }, from());
        return app.ask(verifySignInCode, { email, otp: (await letterTo(email, 'sign_in_code'))['code'] ?? '' }, from());
      },
    ],
    ['a provider', 'google', (email) => app.get(ExternalSignInService).signIn(googleIdentity(email), rpcContext())],
    [
      'the code of a page a provider sent back to',
      'google',
      async (email) => {
        const code = await app.get(ExternalSignInService).handOver(googleIdentity(email), rpcContext());
        return app.ask(exchangeSignInCode, { code }, from());
      },
    ],
  ];

  it.each(WAYS)(
    'is asked of who comes with %s: no tokens, no session, no event before it',
    async (_way, method, begin) => {
      const { email, user, authenticator, context } = await withAuthenticator(app);
      const before = (await app.told(UserLoggedInV1, user.id)).length;
      const answer = asked((await begin(email)) as SignInAnswer);
      expect(Object.keys(answer).sort()).toEqual(['expires_in', 'methods', 'mfa_required', 'mfa_token']);
      expect(await app.told(UserLoggedInV1, user.id)).toHaveLength(before);
      expect((await app.ask(listSessions, {}, context)).total).toBe(1);
      const tokens = await finish(answer.mfa_token, { code: authenticator.next() });
      expect(contextOf(tokens).caller.user_id).toBe(user.id);
      expect((await app.told(UserLoggedInV1, user.id)).at(-1)).toMatchObject({ method });
      expect((await actionsOf(user.id)).at(-1)).toMatchObject({
        action: 'session.signed-in',
        detail: { method, second_factor: 'totp' },
      });
      await expect(app.ask(refreshSession, { refresh_token: tokens.refresh_token }, from())).resolves.toBeDefined();
    },
  );

  it('judges what is unusual when it is finished, and not before', async () => {
    const { email, authenticator } = await withAuthenticator(app);
    const stranger = { clientAddress: '198.51.100.9', userAgent: 'Another browser/7.1' };
    const { mfa_token } = await firstStep(email, PASSWORD, stranger);
    expect(await kindsTo(email)).toEqual(['mfa_enabled']);
    await finish(mfa_token, { code: authenticator.next() }, stranger);
    expect(await letterTo(email, 'sign_in_unusual')).toMatchObject({ reason: 'new_device_and_place' });
  });

  it('takes no code whose step was used, nor that of a step before', async () => {
    const { email, authenticator } = await withAuthenticator(app);
    const code = authenticator.next();
    const earlier = authenticator.code(-1);
    await finish((await firstStep(email)).mfa_token, { code });
    const { mfa_token } = await firstStep(email);
    expect(await failureOf(finish(mfa_token, { code }))).toMatchObject(wrong);
    expect(await failureOf(finish(mfa_token, { code: earlier }))).toMatchObject(wrong);
    await expect(finish(mfa_token, { code: authenticator.next() })).resolves.toBeDefined();
  });

  it('does not take the code that set the authenticator up', async () => {
    const { email, authenticator } = await withAuthenticator(app);
    const { mfa_token } = await firstStep(email);
    expect(await failureOf(finish(mfa_token, { code: authenticator.code() }))).toMatchObject(wrong);
  });

  it('is over after five minutes', async () => {
    const { email, authenticator } = await withAuthenticator(app);
    const { mfa_token } = await firstStep(email);
    app.clock.advance(5 * MINUTE);
    expect(await failureOf(finish(mfa_token, { code: authenticator.code() }))).toMatchObject(invalidToken);
  });

  it('takes no token that is unknown, used up, or of another kind, and says the same of each', async () => {
    const { email, authenticator } = await withAuthenticator(app);
    const used = (await firstStep(email)).mfa_token;
    await finish(used, { code: authenticator.next() });
    const page = await app.get(ExternalSignInService).handOver(googleIdentity(email), rpcContext());
    const failures = await Promise.all(
      ['ccst_unknown', used, page].map(async (token) =>
        JSON.stringify(await failureOf(finish(token, { code: authenticator.next() }))),
      ),
    );
    expect(new Set(failures).size).toBe(1);
    expect(await failureOf(finish(page, { code: authenticator.next() }))).toMatchObject(invalidToken);
  });

  it('needs exactly one proof, in its shape', async () => {
    const { email, enabled } = await withAuthenticator(app);
    const { mfa_token } = await firstStep(email);
    const recovery_code = enabled.recovery_codes[0];
    expect(await failureOf(finish(mfa_token, {}))).toMatchObject(refusedField('code'));
    expect(await failureOf(finish(mfa_token, { code: '123456', recovery_code }))).toMatchObject(refusedField('code'));
    expect(await failureOf(finish(mfa_token, { code: '12345' }))).toMatchObject(refusedField('code'));
    expect(await failureOf(finish(mfa_token, { recovery_code: 'short' }))).toMatchObject(refusedField('recovery_code'));
  });

  it('slows down who has the password and begins again and again, and not the owner at home', async () => {
    const person = await withAuthenticator(app);
    const home = { clientAddress: '203.0.113.7', userAgent: 'test' };
    for (let failures = 1; failures <= 12; failures += 1) {
      const { mfa_token } = await firstStep(person.email);
      expect(await failureOf(finish(mfa_token, { code: person.authenticator.wrong() }))).toMatchObject(wrong);
      // Five are free, then the wait doubles from a second on.
      if (failures >= 5 && failures < 12) app.clock.advance(1000 * 2 ** (failures - 5));
    }
    expect(await failureOf(enter(person))).toMatchObject({ code: 'TOO_MANY_ATTEMPTS' });
    await expect(enter(person, home)).resolves.toBeDefined();
  });

  it('tells the owner after five wrong codes that somebody is past the first factor', async () => {
    const { email, user, authenticator } = await withAuthenticator(app);
    const { mfa_token } = await firstStep(email);
    for (let i = 0; i < 4; i += 1) await failureOf(finish(mfa_token, { code: authenticator.wrong() }));
    expect(await kindsTo(email)).toEqual(['mfa_enabled']);
    await failureOf(finish(mfa_token, { code: authenticator.wrong() }));
    expect(await letterTo(email, 'sign_in_unusual')).toMatchObject({ reason: 'second_factor_failures' });
    expect((await actionsOf(user.id)).at(-1)).toEqual({
      action: 'session.sign-in-refused',
      detail: { reason: 'wrong-second-factor' },
    });
  });

  it('does not let an account in that was blocked, or is to be erased, in between', async () => {
    const blocked = await withAuthenticator(app);
    const first = await firstStep(blocked.email);
    await app.db.admin('UPDATE identity.account SET blocked_at = now() WHERE id = $1', [blocked.user.id]);
    const refused = await failureOf(finish(first.mfa_token, { code: blocked.authenticator.next() }));
    expect(refused).toMatchObject({ code: 'ACCOUNT_DISABLED' });
    const leaving = await withAuthenticator(app);
    const second = await firstStep(leaving.email);
    await app.ask(requestErasure, { password: PASSWORD }, leaving.context);
    const late = await failureOf(finish(second.mfa_token, { code: leaving.authenticator.next() }));
    expect(late).toMatchObject({ code: 'ERASURE_PENDING' });
  });

  it('begins anew where the password was changed, or the authenticator taken away, in between', async () => {
    const { email, authenticator, context } = await withAuthenticator(app);
    const first = (await firstStep(email)).mfa_token;
    await app.ask(changePassword, { current_password: PASSWORD, new_password: NEW_PASSWORD }, context);
    expect(await failureOf(finish(first, { code: authenticator.next() }))).toMatchObject(invalidToken);
    const second = (await firstStep(email, NEW_PASSWORD)).mfa_token;
    await app.ask(disableTotp, { current_password: NEW_PASSWORD, code: authenticator.next() }, context);
    expect(await failureOf(finish(second, { code: authenticator.next() }))).toMatchObject(invalidToken);
  });

  it('is still asked for after the password was reset by mail', async () => {
    const { email } = await withAuthenticator(app);
    const begun = (await firstStep(email)).mfa_token;
    await app.ask(requestPasswordReset, { email }, from());
    const { token = '' } = await letterTo(email, 'reset_password');
    await app.ask(resetPassword, { token, new_password: NEW_PASSWORD }, from());
    expect(await failureOf(finish(begun, { code: '123456' }))).toMatchObject(invalidToken);
    expect((await firstStep(email, NEW_PASSWORD)).mfa_required).toBe(true);
  });

  it('is not what a stranger left on an address he registered before its owner came', async () => {
    const stranger = await app.register();
    const { secret } = await app.ask(setUpTotp, { current_password: PASSWORD }, stranger.context);
    const trap = new Authenticator(secret, app.clock);
    await app.ask(enableTotp, { code: trap.code() }, stranger.context);
    const { email } = stranger;
    await app.ask(sendSignInCode, { email }, from());
    const otp = (await letterTo(email, 'sign_in_code'))['code'] ?? '';
    const owner = contextOf(tokensIn(await app.ask(verifySignInCode, { email, otp }, from())));
    expect(await app.ask(getAccount, {}, owner)).toMatchObject({ mfa_enabled: false, recovery_codes_left: 0 });
    const { entries } = await app.ask(listAudit, {}, owner);
    expect(entries.find(({ action }) => action === 'account.address-proven')?.detail).toMatchObject({
      second_factor: true,
    });
  });

  describe('by a recovery code', () => {
    it('works once for each, however it is typed; the mailbox hears how many are left', async () => {
      const { email, context, enabled } = await withAuthenticator(app);
      const [first = '', second = ''] = enabled.recovery_codes;
      await finish((await firstStep(email)).mfa_token, { recovery_code: first.toLowerCase().replaceAll('-', ' ') });
      expect(await letterTo(email, 'recovery_code_used')).toMatchObject({ left: '9' });
      const { mfa_token } = await firstStep(email);
      expect(await failureOf(finish(mfa_token, { recovery_code: first }))).toMatchObject(wrong);
      await finish(mfa_token, { recovery_code: second.replaceAll('-', '') });
      expect(await app.ask(getAccount, {}, context)).toMatchObject({ recovery_codes_left: 8 });
    });

    it('does not work with that of another account', async () => {
      const [mine, other] = [await withAuthenticator(app), await withAuthenticator(app)];
      const recovery_code = other.enabled.recovery_codes[0];
      const { mfa_token } = await firstStep(mine.email);
      expect(await failureOf(finish(mfa_token, { recovery_code }))).toMatchObject(wrong);
      await expect(finish((await firstStep(other.email)).mfa_token, { recovery_code })).resolves.toBeDefined();
    });

    it('is not offered when none is left', async () => {
      const { email, user } = await withAuthenticator(app);
      await app.db.admin('UPDATE identity.recovery_code SET used_at = now() WHERE user_id = $1', [user.id]);
      expect((await firstStep(email)).methods).toEqual(['totp']);
    });

    it('takes the new ones and not the old ones, once new ones were made with password and code', async () => {
      const { email, context, authenticator, enabled } = await withAuthenticator(app);
      const renew = (proof: object) => app.ask(renewRecoveryCodes, proof, context);
      expect(await failureOf(renew({ current_password: PASSWORD }))).toMatchObject(refusedField('code'));
      expect(await failureOf(renew({ code: authenticator.next() }))).toMatchObject(refusedField('current_password'));
      const fresh = await renew({ current_password: PASSWORD, code: authenticator.code() });
      expect(fresh.recovery_codes).toHaveLength(10);
      expect(await kindsTo(email)).toContain('recovery_codes_renewed');
      const { mfa_token } = await firstStep(email);
      const old = await failureOf(finish(mfa_token, { recovery_code: enabled.recovery_codes[0] }));
      expect(old).toMatchObject(wrong);
      await expect(finish(mfa_token, { recovery_code: fresh.recovery_codes[0] })).resolves.toBeDefined();
      const { context: without } = await app.register();
      const none = app.ask(renewRecoveryCodes, { current_password: PASSWORD, code: '123456' }, without);
      expect(await failureOf(none)).toMatchObject({ code: 'CONFLICT' });
    });
  });
});

/** The waiting that grows with failures is switched off: what is left is the exactness of each step. */
describe('a second factor under many at the same moment', () => {
  let app: IdentityApp;
  beforeAll(async () => {
    app = await startIdentity({
      SIGN_IN_FREE_FAILURES: '10000',
      SIGN_IN_FREE_FAILURES_PER_ADDRESS: '10000',
      SIGN_IN_MAX_FAILURES_PER_HOUR: '10000',
      SIGN_IN_MAX_FAILURES_PER_HOUR_PER_ADDRESS: '10000',
    });
  }, 60_000);
  afterAll(() => app.stop());
  const { firstStep, finish } = tools(() => app);
  const fulfilled = (outcomes: PromiseSettledResult<unknown>[]) =>
    outcomes.filter(({ status }) => status === 'fulfilled').length;

  it('takes a code once, of fifty sign-ins that come with it at once', async () => {
    const { email, authenticator } = await withAuthenticator(app);
    const tokens: string[] = [];
    for (let i = 0; i < 50; i += 1) tokens.push((await firstStep(email)).mfa_token);
    const code = authenticator.next();
    const outcomes = await Promise.allSettled(tokens.map((token) => finish(token, { code })));
    expect(fulfilled(outcomes)).toBe(1);
  }, 60_000);

  it('takes a step once, of fifty who come with it and a good code at once', async () => {
    const { email, authenticator, context } = await withAuthenticator(app);
    const { mfa_token } = await firstStep(email);
    const code = authenticator.next();
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => finish(mfa_token, { code })));
    expect(fulfilled(outcomes)).toBe(1);
    expect((await app.ask(listSessions, {}, context)).total).toBe(2);
  });

  it('takes a recovery code once, of thirty sign-ins that come with it at once', async () => {
    const { email, enabled, context } = await withAuthenticator(app);
    const tokens: string[] = [];
    for (let i = 0; i < 30; i += 1) tokens.push((await firstStep(email)).mfa_token);
    const recovery_code = enabled.recovery_codes[0];
    const outcomes = await Promise.allSettled(tokens.map((token) => finish(token, { recovery_code })));
    expect(fulfilled(outcomes)).toBe(1);
    expect(await app.ask(getAccount, {}, context)).toMatchObject({ recovery_codes_left: 9 });
  }, 60_000);

  it('looks at five codes of a step and no more, then not even at the right one', async () => {
    const { email, authenticator } = await withAuthenticator(app);
    const { mfa_token } = await firstStep(email);
    for (let i = 0; i < 5; i += 1) {
      expect(await failureOf(finish(mfa_token, { code: authenticator.wrong() }))).toMatchObject(wrong);
    }
    expect(await failureOf(finish(mfa_token, { code: authenticator.next() }))).toMatchObject(invalidToken);
  });

  it('takes the right code at the fifth try', async () => {
    const { email, authenticator } = await withAuthenticator(app);
    const { mfa_token } = await firstStep(email);
    for (let i = 0; i < 4; i += 1) await failureOf(finish(mfa_token, { code: authenticator.wrong() }));
    await expect(finish(mfa_token, { code: authenticator.next() })).resolves.toBeDefined();
  });

  it('does not let fifty wrong codes at once be more than five tries', async () => {
    const { email, authenticator, user } = await withAuthenticator(app);
    const { mfa_token } = await firstStep(email);
    const code = authenticator.wrong();
    await Promise.allSettled(Array.from({ length: 50 }, () => finish(mfa_token, { code })));
    const [row] = await app.db.admin<{ looked: number }>(
      `SELECT count(*)::int AS looked FROM identity.audit_log
       WHERE user_id = $1 AND detail ->> 'reason' = 'wrong-second-factor'`,
      [user.id],
    );
    expect(row?.looked).toBe(5);
    expect(await failureOf(finish(mfa_token, { code: authenticator.next() }))).toMatchObject(invalidToken);
  });
});
