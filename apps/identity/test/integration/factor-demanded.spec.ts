import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type ApiKeyScope,
  beginPasskey,
  beginPasskeySignIn,
  createApiKey,
  disableTotp,
  exchangeSignInCode,
  getAccount,
  isFactorNeeded,
  refreshSession,
  registerPasskey,
  removeSecondFactor,
  sendSignInCode,
  signIn,
  signInWithPasskey,
  type SignInAnswer,
  type TokenPair,
  updateUserAccess,
  verifyApiKey,
  verifyMfa,
  verifySignInCode,
} from '#contracts';
import { newId } from '#kernel';
import { readApiKey } from '#platform';
import { VirtualAuthenticator } from '#testing';
import jwt from 'jsonwebtoken';
import { ExternalSignInService } from '../../src/external-identities/external-sign-in.service.js';
import { withAuthenticator } from '../support/authenticator.js';
import { googleIdentity } from '../support/google.js';
import {
  contextOf,
  failureOf,
  type IdentityApp,
  PASSWORD,
  type SignedIn,
  startIdentity,
  tokensIn,
} from './identity-app.js';

const ORIGIN = 'https://app.example.com';
const current_password = PASSWORD;
const demanded = { kind: 'forbidden', code: 'SECOND_FACTOR_REQUIRED' };
const from = { clientAddress: '203.0.113.7', userAgent: 'test' };

/** What a gateway reads of the token: true where it asks before it opens anything else. */
const needsFactor = ({ access_token }: TokenPair): boolean =>
  jwt.decode(access_token, { json: true })?.['needs_factor'] === true;

describe('a second factor that is demanded of everybody', () => {
  let app: IdentityApp;
  beforeAll(async () => {
    app = await startIdentity({ SECOND_FACTOR_REQUIRED: 'everybody', FRONTEND_URL: `${ORIGIN}/` });
  }, 60_000);
  afterAll(() => app.stop());

  const isNeeded = async ({ context }: Pick<SignedIn, 'context'>) =>
    (await app.ask(isFactorNeeded, {}, context)).needed;
  const renewed = (tokens: TokenPair) => app.ask(refreshSession, { refresh_token: tokens.refresh_token }, from);

  /** Somebody whose address is confirmed, and who has a passkey and no authenticator. */
  async function holder() {
    const person = await app.register();
    await app.db.admin('UPDATE identity.account SET email_verified_at = now() WHERE id = $1', [person.user.id]);
    const device = new VirtualAuthenticator({ origin: ORIGIN });
    const credential = device.create(await app.ask(beginPasskey, { current_password }, person.context));
    await app.ask(registerPasskey, { credential }, person.context);
    return { ...person, device };
  }
  const WAYS: [string, (person: Awaited<ReturnType<typeof holder>>) => Promise<SignInAnswer>][] = [
    ['the password', ({ email }) => app.ask(signIn, { email, password: PASSWORD }, from)],
    [
      'a code by mail',
      async ({ email }) => {
        await app.ask(sendSignInCode, { email }, from);
        const letter = (await app.letters(email)).filter(({ kind }) => kind === 'sign_in_code').at(-1);
        return app.ask(verifySignInCode, { email, otp: letter?.values['code'] ?? '' }, from);
      },
    ],
    [
      'a provider',
      async ({ email }) => {
        const context = { ...from, requestId: newId(), timeoutMs: 10_000, signal: new AbortController().signal };
        const code = await app.get(ExternalSignInService).handOver(googleIdentity(email), context);
        return app.ask(exchangeSignInCode, { code }, from);
      },
    ],
    [
      'a passkey, beside which the password alone still opens the account',
      async ({ device }) =>
        app.ask(signInWithPasskey, { credential: device.get(await app.ask(beginPasskeySignIn, {}, from)) }, from),
    ],
  ];

  it.each(WAYS)('is missing to who comes with %s, until he sets it up', async (_way, enter) => {
    const person = await holder();
    const tokens = tokensIn(await enter(person));
    expect(needsFactor(tokens)).toBe(true);
    const context = contextOf(tokens);
    expect(await isNeeded({ context })).toBe(true);
    expect(await app.ask(getAccount, {}, context)).toMatchObject({ mfa_enabled: false, mfa_setup_required: true });
    const again = await renewed(tokens);
    expect(needsFactor(again)).toBe(true);

    await withAuthenticator(app, { ...person, tokens: again, context });
    expect(await isNeeded({ context })).toBe(false);
    expect(await app.ask(getAccount, {}, context)).toMatchObject({ mfa_enabled: true, mfa_setup_required: false });
    expect(needsFactor(await renewed(again))).toBe(false);
  });

  it('is there for who comes with both factors', async () => {
    const { email, authenticator } = await withAuthenticator(app);
    const step = await app.ask(signIn, { email, password: PASSWORD }, from);
    if (!('mfa_required' in step)) throw new Error('no second factor was asked for');
    const tokens = await app.ask(verifyMfa, { mfa_token: step.mfa_token, code: authenticator.next() }, from);
    expect(needsFactor(tokens)).toBe(false);
  });

  it('stays: it cannot be taken away by its owner, with password and code', async () => {
    const person = await withAuthenticator(app);
    const request = { current_password, code: person.authenticator.next() };
    expect(await failureOf(app.ask(disableTotp, request, person.context))).toMatchObject(demanded);
    expect(await app.ask(getAccount, {}, person.context)).toMatchObject({ mfa_enabled: true, recovery_codes_left: 10 });
  });

  it('that was lost and taken away by an admin is missing again', async () => {
    const { user, email } = await withAuthenticator(app);
    const admin = await app.register({ roles: ['user', 'admin'] });
    await app.ask(removeSecondFactor, { user_id: user.id }, admin.context);
    expect(needsFactor(await app.signIn(email, PASSWORD))).toBe(true);
  });

  it('lets the API keys of a person rest while it is missing, and no longer', async () => {
    const person = await app.register();
    const scopes: ApiKeyScope[] = ['read:jobs'];
    const { key } = await app.ask(createApiKey, { name: 'k', scopes }, person.context);
    const hash = readApiKey(key)?.toString('hex') ?? '';
    const read = async () => (await app.ask(verifyApiKey, { hash })).key;
    expect(await read()).toMatchObject({ user_id: person.user.id, needs_factor: true });
    await withAuthenticator(app, person);
    expect(await read()).toMatchObject({ user_id: person.user.id });
    expect(await read()).not.toHaveProperty('needs_factor');
  });
});

describe('a second factor that is demanded of admins', () => {
  let app: IdentityApp;
  let owner: SignedIn;
  beforeAll(async () => {
    app = await startIdentity({ SECOND_FACTOR_REQUIRED: 'admins' });
    owner = await app.register({ roles: ['user', 'admin'] });
  }, 60_000);
  afterAll(() => app.stop());

  it('is missing to an admin, and to nobody else', async () => {
    expect(needsFactor(owner.tokens)).toBe(true);
    for (const roles of [['user'], ['user', 'employer']]) {
      const person = await app.register({ roles });
      expect(needsFactor(person.tokens)).toBe(false);
      expect(await app.ask(getAccount, {}, person.context)).toMatchObject({ mfa_setup_required: false });
      const guarded = await withAuthenticator(app, person);
      const request = { current_password, code: guarded.authenticator.next() };
      await expect(app.ask(disableTotp, request, person.context)).resolves.toMatchObject({ status: 'disabled' });
    }
  });

  it('is missing from the moment somebody becomes one: what he had before ends, and the next token says so', async () => {
    const person = await app.register();
    const change = { user_id: person.user.id, roles: ['user' as const, 'admin' as const] };
    await app.ask(updateUserAccess, change, owner.context);
    const tokens = await app.ask(refreshSession, { refresh_token: person.tokens.refresh_token }, from);
    expect(needsFactor(tokens)).toBe(true);
  });
});

describe('an installation for one person that demands a second factor', () => {
  let app: IdentityApp;
  beforeAll(async () => {
    const OWNER = { OWNER_EMAIL: 'me@example.com', OWNER_PASSWORD: PASSWORD };
    app = await startIdentity({ SECOND_FACTOR_REQUIRED: 'admins', SINGLE_USER: 'true', ...OWNER });
  }, 60_000);
  afterAll(() => app.stop());

  it('demands it of its owner', async () => {
    expect(needsFactor(await app.signIn('me@example.com', PASSWORD))).toBe(true);
  });
});

describe('an installation that says nothing of second factors', () => {
  let app: IdentityApp;
  beforeAll(async () => {
    app = await startIdentity();
  }, 60_000);
  afterAll(() => app.stop());

  it('demands them of nobody', async () => {
    const admin = await app.register({ roles: ['user', 'admin'] });
    expect(needsFactor(admin.tokens)).toBe(false);
    expect(await app.ask(isFactorNeeded, {}, admin.context)).toEqual({ needed: false });
  });
});
