import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  beginPasskey,
  beginPasskeySignIn,
  deletePasskey,
  getAccount,
  listAudit,
  listPasskeys,
  type NewCredential,
  type Passkey,
  registerPasskey,
  requestErasure,
  sendSignInCode,
  signInWithPasskey,
  type TokenPair,
  type UsedCredential,
  UserLoggedInV1,
  verifySignInCode,
} from '#contracts';
import { newId } from '#kernel';
import type { OutgoingContext } from '#messaging';
import { type Cbor, type Deviation, VirtualAuthenticator } from '#testing';
import { withAuthenticator } from '../support/authenticator.js';
import {
  contextOf,
  failureOf,
  type IdentityApp,
  PASSWORD,
  type SignedIn,
  startIdentity,
  tokensIn,
} from './identity-app.js';

const MINUTE = 60_000;
const ORIGIN = 'https://app.example.com';
const current_password = PASSWORD;
const refused = { kind: 'unauthenticated', code: 'PASSKEY_REFUSED' };
const refusedField = (field: string) => ({ kind: 'invalid', details: [{ field }] });
const base64url = (text: string): string => Buffer.from(text).toString('base64url');

let app: IdentityApp;
beforeAll(async () => {
  app = await startIdentity({ FRONTEND_URL: `${ORIGIN}/`, INSTALLATION_NAME: 'Jobs' });
}, 60_000);
afterAll(() => app.stop());

let nextAddress = 0;
const from = (): OutgoingContext => {
  nextAddress += 1;
  return { clientAddress: `10.4.${nextAddress >> 8}.${nextAddress & 255}`, userAgent: 'test' };
};
const newDevice = (more: object = {}) => new VirtualAuthenticator({ origin: ORIGIN, ...more });
const begin = (person: Pick<SignedIn, 'context'>) => app.ask(beginPasskey, { current_password }, person.context);
const register = (person: Pick<SignedIn, 'context'>, credential: NewCredential, more: object = {}): Promise<Passkey> =>
  app.ask(registerPasskey, { credential, ...more }, person.context);
const add = async (person: Pick<SignedIn, 'context'>, device: VirtualAuthenticator, more: object = {}) =>
  register(person, device.create(await begin(person)), more);
const send = (credential: UsedCredential): Promise<TokenPair> => app.ask(signInWithPasskey, { credential }, from());
const ask = () => app.ask(beginPasskeySignIn, {}, from());
const enter = async (device: VirtualAuthenticator, deviation?: Deviation) => send(device.get(await ask(), deviation));
const listOf = async ({ context }: Pick<SignedIn, 'context'>) => (await app.ask(listPasskeys, {}, context)).passkeys;
const letters = async (email: string) => (await app.letters(email)).map(({ kind, values }) => [kind, values['name']]);
const confirm = (id: string) =>
  app.db.admin('UPDATE identity.account SET email_verified_at = now() WHERE id = $1', [id]);

/** Somebody with a confirmed address and a device that has a passkey of his. */
async function holder(more: object = {}) {
  const person = await app.register();
  await confirm(person.user.id);
  const device = newDevice(more);
  const passkey = await add(person, device);
  return { ...person, device, passkey };
}

describe('a passkey', () => {
  it.each([['ES256'], ['EdDSA']])('signs its owner in without address, password or code: %s', async (kind) => {
    const person = await holder({ kind });
    const tokens = await enter(person.device);
    expect(contextOf(tokens).caller.user_id).toBe(person.user.id);
    expect((await app.told(UserLoggedInV1, person.user.id)).at(-1)).toMatchObject({ method: 'passkey' });
    const { entries } = await app.ask(listAudit, {}, person.context);
    expect(entries[0]).toMatchObject({ action: 'session.signed-in', detail: { method: 'passkey' } });
    expect(await listOf(person)).toEqual([{ ...person.passkey, last_used_at: app.clock.now().toISOString() }]);
  });

  it('needs no second factor where the account has one: it is two by itself', async () => {
    const person = await withAuthenticator(app);
    const request = { current_password, code: person.authenticator.next() };
    const device = newDevice();
    await register(person, device.create(await app.ask(beginPasskey, request, person.context)));
    await expect(enter(device)).resolves.toMatchObject({ token_type: 'bearer' });
  });

  it('is asked for in the same words by everybody, naming nobody', async () => {
    await holder();
    expect(await ask()).toEqual({
      challenge: expect.stringMatching(/^[\w-]{43}$/),
      rpId: 'app.example.com',
      timeout: 5 * MINUTE,
      userVerification: 'required',
    });
  });

  it('is made discoverable, unlocked, without attestation, and not twice on one device', async () => {
    const person = await holder();
    expect(await begin(person)).toEqual({
      rp: { id: 'app.example.com', name: 'Jobs' },
      user: { id: expect.stringMatching(/^[\w-]{22}$/), name: person.email, displayName: person.email },
      challenge: expect.stringMatching(/^[\w-]{43}$/),
      pubKeyCredParams: [-8, -7, -257].map((alg) => ({ type: 'public-key', alg })),
      timeout: 5 * MINUTE,
      attestation: 'none',
      excludeCredentials: [{ id: person.device.credentialId, type: 'public-key', transports: ['internal'] }],
      authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
      extensions: { credProps: true },
    });
  });

  it('is refused where the browser says that the device does not find it without an address', async () => {
    const person = await app.register();
    const device = newDevice();
    const credential = { ...device.create(await begin(person)), clientExtensionResults: { credProps: { rk: false } } };
    expect(await failureOf(register(person, credential))).toMatchObject({
      kind: 'invalid',
      details: [{ field: 'credential', message: expect.stringContaining('without an address') }],
    });
    expect(await listOf(person)).toEqual([]);
  });

  it.each([
    ['says that it does', { credProps: { rk: true } }],
    ['does not know', { credProps: {} }],
    ['knows nothing of it', {}],
  ])('is taken where the browser %s', async (_what, clientExtensionResults) => {
    const person = await app.register();
    const device = newDevice();
    await register(person, { ...device.create(await begin(person)), clientExtensionResults });
    await expect(enter(device)).resolves.toMatchObject({ token_type: 'bearer' });
  });

  it.each([
    ['no password', {}],
    ['a wrong password', { current_password: 'wrong' }],
  ])('is not added with %s', async (_what, request) => {
    const { context } = await app.register();
    expect(await failureOf(app.ask(beginPasskey, request, context))).toMatchObject(refusedField('current_password'));
  });

  it('is not added with the password alone where the account has a second factor', async () => {
    const person = await withAuthenticator(app);
    expect(await failureOf(begin(person))).toMatchObject(refusedField('code'));
    const guess = { current_password, code: person.authenticator.wrong() };
    expect(await failureOf(app.ask(beginPasskey, guess, person.context))).toMatchObject(refusedField('code'));
  });

  it('is called what its owner says, else after its model or the device', async () => {
    const person = await app.register();
    const phone = { ...person.context, userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)' };
    expect(await add(person, newDevice(), { name: '  Blue key ' })).toMatchObject({ name: 'Blue key' });
    expect(await add({ context: phone }, newDevice())).toMatchObject({ name: 'iPhone', is_synced: false });
    const model = newDevice({ aaguid: 'ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4', isSynced: true });
    expect(await add(person, model)).toMatchObject({ name: 'Google Password Manager', is_synced: true });
    expect((await listOf(person)).map(({ name }) => name).sort()).toEqual([
      'Blue key',
      'Google Password Manager',
      'iPhone',
    ]);
  });

  it('is told to the mailbox and the history when it comes and when it goes, and then opens nothing', async () => {
    const person = await holder();
    await app.ask(deletePasskey, { passkey_id: person.passkey.id }, person.context);
    expect(await letters(person.email)).toEqual([
      ['passkey_added', 'Passkey'],
      ['passkey_removed', 'Passkey'],
    ]);
    const { entries } = await app.ask(listAudit, {}, person.context);
    expect(entries.slice(0, 2)).toMatchObject([
      { action: 'passkey.removed', detail: { passkey_id: person.passkey.id } },
      { action: 'passkey.added', detail: { passkey_id: person.passkey.id } },
    ]);
    expect(await listOf(person)).toEqual([]);
    expect(await failureOf(enter(person.device))).toMatchObject(refused);
  });

  it('of somebody else cannot be deleted, and looks as if it was not there', async () => {
    const [mine, other] = [await holder(), await holder()];
    const attempt = (passkey_id: string) => app.ask(deletePasskey, { passkey_id }, mine.context);
    const foreign = await failureOf(attempt(other.passkey.id));
    expect(foreign).toMatchObject({ kind: 'not-found', code: 'NOT_FOUND' });
    expect(JSON.stringify(foreign)).toBe(JSON.stringify(await failureOf(attempt(newId()))));
    await expect(enter(other.device)).resolves.toBeDefined();
  });

  it('stays when it is the last way in, and counts as one', async () => {
    const person = await holder();
    await app.db.admin('UPDATE identity.account SET password_hash = NULL WHERE id = $1', [person.user.id]);
    const last = app.ask(deletePasskey, { passkey_id: person.passkey.id }, person.context);
    expect(await failureOf(last)).toMatchObject({ code: 'LAST_WAY_IN' });
    const context = contextOf(await enter(person.device));
    const second = newDevice();
    await register({ context }, second.create(await app.ask(beginPasskey, {}, context)));
    await app.ask(deletePasskey, { passkey_id: person.passkey.id }, context);
    await expect(enter(second)).resolves.toBeDefined();
  });

  it('does not let an account in that is blocked or going to be erased', async () => {
    const blocked = await holder();
    await app.db.admin('UPDATE identity.account SET blocked_at = now() WHERE id = $1', [blocked.user.id]);
    expect(await failureOf(enter(blocked.device))).toMatchObject({ code: 'ACCOUNT_DISABLED' });
    const leaving = await holder();
    await app.ask(requestErasure, { password: PASSWORD }, leaving.context);
    expect(await failureOf(enter(leaving.device))).toMatchObject({ code: 'ERASURE_PENDING' });
  });

  it('of a stranger who had registered the address is gone when its owner comes', async () => {
    const stranger = await app.register();
    const trap = newDevice();
    await add(stranger, trap);
    const { email } = stranger;
    await app.ask(sendSignInCode, { email }, from());
    const otp = (await app.letters(email)).find(({ kind }) => kind === 'sign_in_code')?.values['code'] ?? '';
    const owner = contextOf(tokensIn(await app.ask(verifySignInCode, { email, otp }, from())));
    expect(await listOf({ context: owner })).toEqual([]);
    expect(await failureOf(enter(trap))).toMatchObject(refused);
  });

  it('may vouch for itself, as some devices do although nobody asked', async () => {
    const person = await app.register();
    const device = newDevice();
    await register(person, device.create(await begin(person), { isSelfAttested: true }));
    await expect(enter(device)).resolves.toBeDefined();
  });

  it('is one, also when its registration is repeated because the answer was lost', async () => {
    const person = await app.register();
    const context = { ...person.context, idempotencyKey: newId() };
    const credential = newDevice().create(await begin(person));
    const first = await register({ context }, credential);
    expect(await register({ context }, credential)).toEqual(first);
    expect(await listOf(person)).toEqual([first]);
  });

  it('is one of twenty at most', async () => {
    const person = await app.register();
    for (let i = 0; i < 20; i += 1) await add(person, newDevice());
    expect(await failureOf(add(person, newDevice()))).toMatchObject({ code: 'LIMIT_REACHED' });
  });
});

describe('a new passkey is refused', () => {
  const certificate = new Map<string, Cbor>([
    ['alg', -7],
    ['sig', Buffer.alloc(70)],
    ['x5c', [Buffer.alloc(300)]],
  ]);
  const WRONG: [string, Deviation][] = [
    ['with a page of another origin', { origin: 'https://app.example.com.evil.example' }],
    ['with a page of a name below ours', { origin: 'https://www.app.example.com' }],
    ['with the hash of another name', { rpId: 'evil.example' }],
    ['with a device that was not unlocked', { isVerified: false }],
    ['with the answer to another question', { type: 'webauthn.get' }],
    ['with a challenge nobody gave out', { challenge: base64url('a challenge of my own making, 32') }],
    ['with a kind of key nobody asked for', { alg: -65535 }],
    ['with the certificate of a stranger', { attestation: ['packed', certificate] }],
    ['with an attestation nobody asked for', { attestation: ['fido-u2f', certificate] }],
  ];
  it.each(WRONG)('%s', async (_what, deviation) => {
    const person = await app.register();
    const credential = newDevice().create(await begin(person), deviation);
    expect(await failureOf(register(person, credential))).toMatchObject(refusedField('credential'));
    expect(await listOf(person)).toEqual([]);
  });

  it('with a challenge that was used', async () => {
    const person = await app.register();
    const options = await begin(person);
    await register(person, newDevice().create(options));
    expect(await failureOf(register(person, newDevice().create(options)))).toMatchObject(refusedField('credential'));
  });

  it('with the challenge of another account, which is still good there', async () => {
    const [mine, other] = [await app.register(), await app.register()];
    const options = await begin(other);
    expect(await failureOf(register(mine, newDevice().create(options)))).toMatchObject(refusedField('credential'));
    await expect(register(other, newDevice().create(options))).resolves.toBeDefined();
  });

  it('with the challenge of another session of the same account', async () => {
    const person = await app.register();
    const stolen = { context: contextOf(await app.signIn(person.email, PASSWORD)) };
    const credential = newDevice().create(await begin(person));
    expect(await failureOf(register(stolen, credential))).toMatchObject(refusedField('credential'));
  });

  it('with the challenge of a sign-in', async () => {
    const person = await app.register();
    const { challenge } = await ask();
    const credential = newDevice().create(await begin(person), { challenge });
    expect(await failureOf(register(person, credential))).toMatchObject(refusedField('credential'));
  });

  it('after five minutes', async () => {
    const person = await app.register();
    const credential = newDevice().create(await begin(person));
    app.clock.advance(5 * MINUTE);
    expect(await failureOf(register(person, credential))).toMatchObject(refusedField('credential'));
  });

  it('where the credential is registered already, here or for another account', async () => {
    const [mine, other] = [await holder(), await app.register()];
    const again = mine.device.create(await begin(mine));
    expect(await failureOf(register(mine, again))).toMatchObject({ code: 'ALREADY_EXISTS' });
    const elsewhere = mine.device.create(await begin(other));
    expect(await failureOf(register(other, elsewhere))).toMatchObject({ code: 'ALREADY_EXISTS' });
    expect(await listOf(other)).toEqual([]);
  });

  it('where its bytes are nonsense', async () => {
    const person = await app.register();
    const good = newDevice().create(await begin(person));
    for (const spoiled of [
      { clientDataJSON: base64url('{') },
      { clientDataJSON: base64url('null') },
      { attestationObject: 'AAAA' },
    ]) {
      const credential = { ...good, response: { ...good.response, ...spoiled } };
      expect(await failureOf(register(person, credential))).toMatchObject(refusedField('credential'));
    }
  });
});

describe('a sign-in with a passkey is refused', () => {
  const WRONG: [string, Deviation][] = [
    ['with a page of another origin', { origin: 'https://evil.example' }],
    ['with a page that is not encrypted', { origin: 'http://app.example.com' }],
    ['with the hash of another name', { rpId: 'evil.example' }],
    ['with a device that was not unlocked', { isVerified: false }],
    ['with a signature that was tampered with', { isTampered: true }],
    ['with the answer to another question', { type: 'webauthn.create' }],
    ['with a challenge nobody gave out', { challenge: base64url('a challenge of my own making, 32') }],
    ['without saying whose it is', { userHandle: null }],
    ['with the handle of another account', { userHandle: base64url('sixteen bytes id') }],
    ['with a credential nobody has', { credentialId: base64url('unknown credential') }],
  ];
  it.each(WRONG)('%s', async (_what, deviation) => {
    const { device, user } = await holder();
    const before = (await app.told(UserLoggedInV1, user.id)).length;
    expect(await failureOf(enter(device, deviation))).toMatchObject(refused);
    expect(await app.told(UserLoggedInV1, user.id)).toHaveLength(before);
    await expect(enter(device)).resolves.toBeDefined();
  });

  it('with the same answer whatever is wrong', async () => {
    const { device } = await holder();
    const answers = [];
    for (const [, deviation] of WRONG) answers.push(JSON.stringify(await failureOf(enter(device, deviation))));
    expect(new Set(answers).size).toBe(1);
  });

  it('with a key that is not the one of the credential', async () => {
    const [mine, other] = [await holder(), await holder()];
    const userHandle = Buffer.from(mine.user.id.replaceAll('-', ''), 'hex').toString('base64url');
    const forged = { credentialId: mine.device.credentialId, userHandle };
    expect(await failureOf(enter(other.device, forged))).toMatchObject(refused);
  });

  it('a second time with the same answer, also of ten who come with it at once', async () => {
    const { device } = await holder({ counts: false });
    const credential = device.get(await ask());
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => send(credential)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await failureOf(send(credential))).toMatchObject(refused);
  });

  it('with a challenge that an earlier try used up', async () => {
    const { device } = await holder();
    const options = await ask();
    expect(await failureOf(send(device.get(options, { isTampered: true })))).toMatchObject(refused);
    expect(await failureOf(send(device.get(options)))).toMatchObject(refused);
  });

  it('with the challenge of a registration', async () => {
    const person = await holder();
    const { challenge } = await begin(person);
    expect(await failureOf(enter(person.device, { challenge }))).toMatchObject(refused);
  });

  it('after five minutes', async () => {
    const { device } = await holder();
    const credential = device.get(await ask());
    app.clock.advance(5 * MINUTE);
    expect(await failureOf(send(credential))).toMatchObject(refused);
  });

  it('where its counter goes back or stands still: it was copied, and its owner is told', async () => {
    const person = await holder();
    await enter(person.device);
    await enter(person.device);
    for (const counter of [1, 3]) {
      expect(await failureOf(enter(person.device, { counter }))).toMatchObject(refused);
    }
    expect((await letters(person.email)).slice(1)).toEqual([
      ['passkey_copied', 'Passkey'],
      ['passkey_copied', 'Passkey'],
    ]);
    const { entries } = await app.ask(listAudit, {}, person.context);
    expect(entries.filter(({ action }) => action === 'passkey.counter-went-back')).toHaveLength(2);
  });

  it('with a forged counter only when the signature is right: a stranger makes no such letter', async () => {
    const person = await holder();
    await enter(person.device);
    await failureOf(enter(person.device, { counter: 1, isTampered: true }));
    expect((await letters(person.email)).slice(1)).toEqual([]);
  });

  it('not, where it never counts', async () => {
    const { device } = await holder({ counts: false, isSynced: true });
    await enter(device);
    await expect(enter(device)).resolves.toBeDefined();
  });
});

describe('an installation without a name', () => {
  it('has no passkeys and says so: browsers make none for addresses', async () => {
    const nameless = await startIdentity({ PUBLIC_URL: 'http://192.168.1.5:8002' });
    try {
      const person = await nameless.register();
      const off = { kind: 'forbidden', code: 'FEATURE_DISABLED' };
      expect(await failureOf(nameless.ask(beginPasskeySignIn, {}))).toMatchObject(off);
      expect(await failureOf(nameless.ask(beginPasskey, { current_password }, person.context))).toMatchObject(off);
      expect(await nameless.ask(getAccount, {}, person.context)).toMatchObject({ mfa_enabled: false });
    } finally {
      await nameless.stop();
    }
  }, 60_000);
});
