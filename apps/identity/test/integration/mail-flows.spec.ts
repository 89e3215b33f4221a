import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  changeEmail,
  changePassword,
  getAccount,
  getMailAddress,
  listAudit,
  registerAccount,
  requestPasswordReset,
  resendVerification,
  resetPassword,
  SessionRevokedV1,
  verifyEmail,
} from '#contracts';
import { newId } from '#kernel';
import { OwnerService } from '../../src/index.js';
import { contextOf, failureOf, type IdentityApp, PASSWORD, type SignedIn, startIdentity } from './identity-app.js';

const NEW_PASSWORD = 'eight yellow giraffes';
const HOUR = 3_600_000;
const anEmail = () => `${newId()}@example.com`;
const invalidToken = { kind: 'invalid', code: 'INVALID_TOKEN', details: [{ field: 'token' }] };

describe('letters that prove a mailbox', () => {
  let app: IdentityApp;
  let nextAddress = 0;
  /** Everybody asks from a network of his own: the allowance per client has a test of its own. */
  const from = () => {
    nextAddress += 1;
    return { clientAddress: `10.1.${nextAddress >> 8}.${nextAddress & 255}` };
  };
  beforeAll(async () => {
    app = await startIdentity({ FRONTEND_URL: 'https://app.example.com/' });
  }, 60_000);
  afterAll(() => app.stop());

  async function tokenOf(address: string, kind: string): Promise<string> {
    const letter = (await app.letters(address)).filter((each) => each.kind === kind).at(-1);
    if (letter?.values['token'] === undefined) throw new Error(`no ${kind} letter to ${address}`);
    return letter.values['token'];
  }
  const kindsTo = async (address: string) => (await app.letters(address)).map((letter) => letter.kind);
  const forgot = (email: string, context: object = from()) => app.ask(requestPasswordReset, { email }, context);
  const reset = (token: string, new_password = NEW_PASSWORD) => app.ask(resetPassword, { token, new_password }, from());
  const verify = (token: string) => app.ask(verifyEmail, { token }, from());
  async function verified(): Promise<SignedIn> {
    const person = await app.register();
    await app.ask(resendVerification, {}, { ...person.context, ...from() });
    await verify(await tokenOf(person.email, 'verify_email'));
    return person;
  }

  describe('verifying', () => {
    it('confirms the address with the token of the letter, and tokens issued from then on say so', async () => {
      const { context, email } = await app.register();
      expect(await app.ask(resendVerification, {}, context)).toEqual({ status: 'verification_sent' });
      const [letter] = await app.letters(email);
      expect(letter).toMatchObject({ kind: 'verify_email', user_id: context.caller.user_id });
      expect(letter?.values['link']).toBe(
        `https://app.example.com/verify-email#token=${letter?.values['token'] ?? ''}`,
      );
      expect(await verify(letter?.values['token'] ?? '')).toEqual({ status: 'verified' });
      expect(await app.ask(getAccount, {}, context)).toMatchObject({ email_verified: true });
      expect(await app.ask(resendVerification, {}, context)).toEqual({ status: 'already_verified' });
    });

    it('lets other services write to the address from then on, and not before', async () => {
      const { user, context, email } = await app.register();
      const address = () => app.ask(getMailAddress, { user_id: user.id });
      expect(await address()).toEqual({ address: null });
      await app.ask(resendVerification, {}, { ...context, ...from() });
      await verify(await tokenOf(email, 'verify_email'));
      expect(await address()).toEqual({ address: email });
      expect(await app.ask(getMailAddress, { user_id: newId() })).toEqual({ address: null });
    });

    it('takes a token once, also of twenty who come at the same moment', async () => {
      const { context, email } = await app.register();
      await app.ask(resendVerification, {}, context);
      const token = await tokenOf(email, 'verify_email');
      const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => verify(token)));
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await failureOf(verify(token))).toMatchObject(invalidToken);
    });

    it('takes only the newest token', async () => {
      const { context, email } = await app.register();
      await app.ask(resendVerification, {}, context);
      const first = await tokenOf(email, 'verify_email');
      await app.ask(resendVerification, {}, context);
      expect(await failureOf(verify(first))).toMatchObject(invalidToken);
      await expect(verify(await tokenOf(email, 'verify_email'))).resolves.toBeDefined();
    });

    it.each(['nonsense', 'ccmt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', `x' OR '1'='1`, '\u0000'])(
      'refuses the token %j',
      async (token) => {
        expect(await failureOf(verify(token))).toMatchObject({ kind: 'invalid', details: [{ field: 'token' }] });
      },
    );

    it('does not take the token of one purpose for another', async () => {
      const { context, email } = await app.register();
      await app.ask(resendVerification, {}, context);
      await forgot(email);
      expect(await failureOf(reset(await tokenOf(email, 'verify_email')))).toMatchObject(invalidToken);
      expect(await failureOf(verify(await tokenOf(email, 'reset_password')))).toMatchObject(invalidToken);
    });

    it('keeps neither tokens nor addresses readable where letters wait to be sent', async () => {
      const { context, email } = await app.register();
      await app.ask(resendVerification, {}, context);
      const token = await tokenOf(email, 'verify_email');
      const rows = JSON.stringify([
        await app.db.admin(`SELECT payload::text FROM identity.outbox WHERE subject LIKE 'cmd.%'`),
        await app.db.admin(`SELECT encode(token_hash, 'escape') FROM identity.mail_token`),
      ]);
      expect(rows).not.toContain(token);
      expect(rows).not.toContain(token.slice(5));
      expect(rows).not.toContain(email);
    });

    it('writes to a mailbox five times an hour at most, whoever asks', async () => {
      const { context } = await app.register();
      for (let i = 0; i < 5; i += 1) await app.ask(resendVerification, {}, { ...context, ...from() });
      expect(await failureOf(app.ask(resendVerification, {}, { ...context, ...from() }))).toMatchObject({
        kind: 'rate-limited',
        code: 'TOO_MANY_ATTEMPTS',
      });
    });
  });

  describe('a forgotten password', () => {
    it('is replaced with the token of the letter: every session ends, the mailbox is told', async () => {
      const { email, tokens, user, context } = await verified();
      expect(await forgot(email)).toEqual({ status: 'accepted' });
      const letter = (await app.letters(email)).at(-1);
      expect(letter?.values['link']).toMatch(/^https:\/\/app\.example\.com\/reset-password#token=ccmt_/);
      expect(await reset(await tokenOf(email, 'reset_password'))).toEqual({
        status: 'password_reset',
        sessions_revoked: 1,
      });
      expect(await app.told(SessionRevokedV1, contextOf(tokens).caller.session_id ?? '')).toMatchObject([
        { reason: 'password-change' },
      ]);
      expect((await app.letters(email)).at(-1)).toMatchObject({ kind: 'password_changed', user_id: user.id });
      expect(await failureOf(app.signIn(email, PASSWORD))).toMatchObject({ code: 'INVALID_CREDENTIALS' });
      await expect(app.signIn(email, NEW_PASSWORD)).resolves.toBeDefined();
      const { entries } = await app.ask(listAudit, {}, context);
      expect(entries.map((entry) => entry.action)).toEqual(
        expect.arrayContaining(['password.reset', 'password.reset-requested']),
      );
    });

    it('answers the same for an address nobody has, and writes nothing', async () => {
      const { email } = await verified();
      const unknown = anEmail();
      expect(JSON.stringify(await forgot(unknown))).toBe(JSON.stringify(await forgot(email)));
      expect(await app.letters(unknown)).toEqual([]);
    });

    it('refuses a sixth letter to one address in the same words, whether or not there is an account', async () => {
      const failures: string[] = [];
      for (const email of [(await verified()).email, anEmail()]) {
        app.clock.advance(HOUR + 1);
        for (let i = 0; i < 5; i += 1) await forgot(email);
        failures.push(JSON.stringify(await failureOf(forgot(email))));
      }
      expect(failures[0]).toBe(failures[1]);
      expect(failures[0]).toContain('TOO_MANY_ATTEMPTS');
    });

    it('writes thirty letters an hour for one client at most, over all mailboxes', async () => {
      const client = from();
      for (let i = 0; i < 30; i += 1) await forgot(anEmail(), client);
      expect(await failureOf(forgot(anEmail(), client))).toMatchObject({ code: 'TOO_MANY_ATTEMPTS' });
      await expect(forgot(anEmail())).resolves.toBeDefined();
    });

    it('takes a token once, also of twenty who come at the same moment', async () => {
      const { email } = await verified();
      await forgot(email);
      const token = await tokenOf(email, 'reset_password');
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, (_, i) => reset(token, `${NEW_PASSWORD} ${i}`)),
      );
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    it('takes a token for an hour and no longer', async () => {
      const { email } = await verified();
      await forgot(email);
      const token = await tokenOf(email, 'reset_password');
      expect((await app.letters(email)).at(-1)?.expires_at).toBe(
        new Date(app.clock.now().getTime() + HOUR).toISOString(),
      );
      app.clock.advance(HOUR);
      expect(await failureOf(reset(token))).toMatchObject(invalidToken);
    });

    it('does not use the token up on a password that is refused', async () => {
      const { email } = await verified();
      await forgot(email);
      const token = await tokenOf(email, 'reset_password');
      expect(await failureOf(reset(token, 'password123'))).toMatchObject({ details: [{ field: 'new_password' }] });
      await expect(reset(token)).resolves.toBeDefined();
    });

    it('lets an owner in again who was locked out by failures', async () => {
      const { email } = await verified();
      for (let i = 0; i < 5; i += 1) await failureOf(app.signIn(email, 'wrong', from().clientAddress));
      expect(await failureOf(app.signIn(email, PASSWORD, from().clientAddress))).toMatchObject({
        code: 'TOO_MANY_ATTEMPTS',
      });
      await forgot(email);
      await reset(await tokenOf(email, 'reset_password'));
      await expect(app.signIn(email, NEW_PASSWORD, from().clientAddress)).resolves.toBeDefined();
    });

    it('sends a blocked account nothing, and a token from before the block opens nothing', async () => {
      const { email, user } = await verified();
      await forgot(email);
      const token = await tokenOf(email, 'reset_password');
      await app.db.admin('UPDATE identity.account SET blocked_at = now() WHERE id = $1', [user.id]);
      const before = (await app.letters(email)).length;
      expect(await forgot(email)).toEqual({ status: 'accepted' });
      expect(await app.letters(email)).toHaveLength(before);
      expect(await failureOf(reset(token))).toMatchObject(invalidToken);
    });

    it('throws out a stranger who had registered the address before its owner came', async () => {
      const stranger = await app.register();
      await forgot(stranger.email);
      expect(await reset(await tokenOf(stranger.email, 'reset_password'))).toMatchObject({ sessions_revoked: 1 });
      expect(await failureOf(app.signIn(stranger.email, PASSWORD))).toMatchObject({ code: 'INVALID_CREDENTIALS' });
      const owner = contextOf(await app.signIn(stranger.email, NEW_PASSWORD));
      expect(await app.ask(getAccount, {}, owner)).toMatchObject({ email_verified: true });
    });
  });

  describe('another address', () => {
    const change = (context: object, new_email: string, current_password?: string) =>
      app.ask(changeEmail, { new_email, ...(current_password === undefined ? {} : { current_password }) }, context);

    it('counts once its letter came back; the old mailbox is told', async () => {
      const { email, context } = await verified();
      const wanted = anEmail();
      expect(await change(context, wanted, PASSWORD)).toEqual({ status: 'verification_sent' });
      expect(await app.ask(getAccount, {}, context)).toMatchObject({ email });
      expect(await verify(await tokenOf(wanted, 'change_email'))).toEqual({ status: 'email_changed' });
      expect(await app.ask(getAccount, {}, context)).toMatchObject({ email: wanted, email_verified: true });
      expect(await kindsTo(email)).toContain('email_changed');
      await expect(app.signIn(wanted, PASSWORD)).resolves.toBeDefined();
      expect(await failureOf(app.signIn(email, PASSWORD))).toMatchObject({ code: 'INVALID_CREDENTIALS' });
    });

    it('does not say that an address is taken, but tells its owner', async () => {
      const { context } = await verified();
      const other = await verified();
      const free = await change(context, anEmail(), PASSWORD);
      expect(await change(context, other.email, PASSWORD)).toEqual(free);
      expect((await kindsTo(other.email)).at(-1)).toBe('account_exists');
    });

    it('makes letters worthless that still wait in the old mailbox', async () => {
      const { email, context } = await verified();
      await forgot(email);
      const waiting = await tokenOf(email, 'reset_password');
      const wanted = anEmail();
      await change(context, wanted, PASSWORD);
      await verify(await tokenOf(wanted, 'change_email'));
      expect(await failureOf(reset(waiting))).toMatchObject(invalidToken);
    });

    it('answers 409 where somebody else got the address in the meantime', async () => {
      const { context } = await verified();
      const wanted = anEmail();
      await change(context, wanted, PASSWORD);
      await app.register({ email: wanted.toUpperCase() });
      expect(await failureOf(verify(await tokenOf(wanted, 'change_email')))).toMatchObject({
        kind: 'conflict',
        code: 'EMAIL_ALREADY_REGISTERED',
      });
    });

    it.each([
      ['without the password', undefined],
      ['with a wrong password', 'wrong'],
    ])('is refused %s, naming the field', async (_what, password) => {
      const { context } = await verified();
      const wanted = anEmail();
      expect(await failureOf(change(context, wanted, password))).toMatchObject({
        kind: 'invalid',
        details: [{ field: 'current_password' }],
      });
      expect(await app.letters(wanted)).toEqual([]);
    });

    it('needs a fresh sign-in where there is no password to ask for', async () => {
      const { context, user } = await verified();
      await app.db.admin('UPDATE identity.account SET password_hash = NULL WHERE id = $1', [user.id]);
      await expect(change(context, anEmail())).resolves.toBeDefined();
      app.clock.advance(15 * 60_000 + 1);
      expect(await failureOf(change(context, anEmail()))).toMatchObject({ details: [{ field: 'current_password' }] });
    });

    it('lets nobody guess the password by it', async () => {
      const { context } = await verified();
      const guess = () => change({ ...context, ...from() }, anEmail(), 'wrong');
      for (let i = 0; i < 5; i += 1) expect(await failureOf(guess())).toMatchObject({ kind: 'invalid' });
      expect(await failureOf(guess())).toMatchObject({ code: 'TOO_MANY_ATTEMPTS' });
    });
  });

  it('tells a confirmed mailbox that the password changed, and a mailbox nobody confirmed nothing', async () => {
    const [known, unknown] = [await verified(), await app.register()];
    for (const { context } of [known, unknown]) {
      await app.ask(changePassword, { current_password: PASSWORD, new_password: NEW_PASSWORD }, context);
    }
    expect(await kindsTo(known.email)).toContain('password_changed');
    expect(await app.letters(unknown.email)).toEqual([]);
  });
});

describe('an installation that verifies addresses before it says anything', () => {
  let app: IdentityApp;
  beforeAll(async () => {
    app = await startIdentity({ REGISTRATION_VERIFIES_EMAIL: 'true' });
  }, 60_000);
  afterAll(() => app.stop());
  const register = (email: string, password = PASSWORD) =>
    app.ask(registerAccount, { email, password, full_name: 'Ada Lovelace' });

  it('answers the same for a new address and for one that is taken, and writes to both', async () => {
    const email = anEmail();
    expect(await register(email)).toEqual({ status: 'verification_sent' });
    expect(await register(email.toUpperCase(), NEW_PASSWORD)).toEqual({ status: 'verification_sent' });
    expect((await app.letters(email)).map((letter) => letter.kind)).toEqual(['verify_email']);
    expect(await app.letters(email.toUpperCase())).toMatchObject([{ kind: 'account_exists', values: {} }]);
    await expect(app.signIn(email, PASSWORD)).resolves.toBeDefined();
    expect(await failureOf(app.signIn(email, NEW_PASSWORD))).toMatchObject({ code: 'INVALID_CREDENTIALS' });
  });

  it('confirms the account with the token of the letter', async () => {
    const email = anEmail();
    await register(email);
    const [letter] = await app.letters(email);
    expect(await app.ask(verifyEmail, { token: letter?.values['token'] ?? '' })).toEqual({ status: 'verified' });
    const context = contextOf(await app.signIn(email, PASSWORD));
    expect(await app.ask(getAccount, {}, context)).toMatchObject({ email, email_verified: true });
  });

  it("writes no name anybody chose into a stranger's mailbox", async () => {
    const email = anEmail();
    await app.ask(registerAccount, { email, password: PASSWORD, full_name: 'Win money at evil.example' });
    expect(JSON.stringify(await app.letters(email))).not.toContain('evil.example');
  });
});

describe('an answer about an address', () => {
  let app: IdentityApp;
  beforeAll(async () => {
    app = await startIdentity({
      REGISTRATION_VERIFIES_EMAIL: 'true',
      CREDENTIAL_ANSWER_FLOOR: '300ms',
      MAILS_PER_HOUR_AND_MAILBOX: '10000',
      MAILS_PER_HOUR_AND_ADDRESS: '10000',
      MAILS_PER_DAY_AND_MAILBOX: '0',
      SIGN_IN_FREE_FAILURES: '10000',
      SIGN_IN_MAX_FAILURES_PER_HOUR: '10000',
      SIGN_IN_FREE_FAILURES_PER_ADDRESS: '10000',
      SIGN_IN_MAX_FAILURES_PER_HOUR_PER_ADDRESS: '10000',
    });
  }, 60_000);
  afterAll(() => app.stop());

  it('takes at least the floor, for known and unknown addresses alike', async () => {
    const known = anEmail();
    const attempts: [string, (email: string) => Promise<unknown>][] = [
      ['registration', (email) => app.ask(registerAccount, { email, password: PASSWORD, full_name: 'Ada' })],
      ['forgot-password', (email) => app.ask(requestPasswordReset, { email })],
      ['sign-in', (email) => failureOf(app.signIn(email, 'not the password'))],
    ];
    await app.ask(registerAccount, { email: known, password: PASSWORD, full_name: 'Ada' });
    for (const [, attempt] of attempts) {
      for (const email of [known, anEmail()]) {
        const started = performance.now();
        await attempt(email);
        // A millisecond less: two clocks.
        expect(performance.now() - started).toBeGreaterThanOrEqual(299);
      }
    }
  });
});

describe('the owner', () => {
  it.each([
    ['me@example.com', true],
    ['owner@localhost', false],
  ])(
    'with the address %s is confirmed by the operator: %s',
    async (OWNER_EMAIL, confirmed) => {
      const app = await startIdentity({ OWNER_EMAIL });
      try {
        await app.get(OwnerService).createOwner({ password: PASSWORD });
        const context = contextOf(await app.signIn(OWNER_EMAIL, PASSWORD));
        expect(await app.ask(getAccount, {}, context)).toMatchObject({ email_verified: confirmed });
      } finally {
        await app.stop();
      }
    },
    60_000,
  );
});
