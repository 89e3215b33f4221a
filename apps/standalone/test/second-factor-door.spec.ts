import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EnabledTotp, Me, MfaRequired, TokenPair, TotpSetup, User } from '#contracts';
import { newId } from '#kernel';
import { eventually } from '#testing';
import { TOTP, URI } from 'otpauth';
import { OwnerService } from '../../identity/src/index.js';
import { type Door, doorAddress, shaped, startDoor } from './support/door.js';

const PASSWORD = 'seven purple elephants';
const STEP_MS = 30_000;
const WRONG = { status: 401, body: { error: { code: 'INVALID_CODE' } } };

/** What scanned the QR code. The clock is the real one, so a code can be asked for ahead: the door takes one step more. */
class Phone {
  private readonly totp: TOTP;
  private readonly scannedAt = Date.now();

  constructor(otpauthUri: string) {
    const scanned = URI.parse(otpauthUri);
    if (!(scanned instanceof TOTP)) throw new Error('not a time-based code');
    this.totp = scanned;
  }

  get secret(): string {
    return this.totp.secret.base32;
  }

  /** Of the step it was scanned in, or of one after: each is good for a minute more, and nothing here takes so long. */
  code(steps = 0): string {
    return this.totp.generate({ timestamp: this.scannedAt + steps * STEP_MS });
  }

  /** Six digits that are wrong for minutes. */
  wrong(): string {
    const good = new Set([-1, 0, 1, 2, 3, 4, 5, 6].map((steps) => this.code(steps)));
    for (let at = 0; ; at += 1) {
      const code = String(at).padStart(6, '0');
      if (!good.has(code)) return code;
    }
  }
}

describe('a second factor at the door', () => {
  let door: Door;
  beforeAll(async () => {
    door = await startDoor(await doorAddress());
  }, 60_000);
  afterAll(() => door.stop());

  const post = (path: string, body: object, token?: string) => door.send('POST', path, { body, token });
  const me = (token: string) => door.send('GET', '/auth/me', { token });
  const login = (email: string) => post('/auth/login', { email, password: PASSWORD });
  const verify = (mfa_token: string, proof: { code: string } | { recovery_code: string }) =>
    post('/auth/mfa/verify', { mfa_token, ...proof });
  /** The first step alone, as it must be: 200, and nothing in it that opens anything. */
  const halfIn = ({ status, body }: { status: number; body: unknown }): string => {
    expect([status, body]).toEqual([
      200,
      { mfa_required: true, mfa_token: expect.any(String), methods: ['totp', 'recovery_code'], expires_in: 300 },
    ]);
    return shaped(MfaRequired, body).mfa_token;
  };

  /** Registered, address confirmed, signed in. */
  async function somebody() {
    const email = `${newId()}@example.com`;
    const registered = await post('/auth/register', { email, password: PASSWORD, full_name: 'Ada' });
    const { id } = shaped(User, registered.body);
    await door.db.admin('UPDATE identity.account SET email_verified_at = now() WHERE id = $1', [id]);
    return { id, email, token: shaped(TokenPair, (await login(email)).body).access_token };
  }

  /** The code of the step in which it was scanned is used up by enabling it. */
  async function guarded() {
    const person = await somebody();
    const setup = await post('/auth/mfa/totp/setup', { current_password: PASSWORD }, person.token);
    expect(setup.status).toBe(200);
    const { otpauth_uri, secret } = shaped(TotpSetup, setup.body);
    const phone = new Phone(otpauth_uri);
    const enabled = await post('/auth/mfa/totp/enable', { code: phone.code() }, person.token);
    expect(enabled.status).toBe(200);
    return { ...person, phone, secret, recoveryCodes: shaped(EnabledTotp, enabled.body).recovery_codes };
  }

  it('is set up by scanning, and asked for from then on: the password alone opens nothing', async () => {
    const { id, email, token, phone, secret } = await guarded();
    expect(phone.secret).toBe(secret);
    expect(await me(token)).toMatchObject({ status: 200, body: { mfa_enabled: true, recovery_codes_left: 10 } });
    const mfaToken = halfIn(await login(email));
    expect((await me(mfaToken)).status).toBe(401);
    expect(await verify(mfaToken, { code: phone.wrong() })).toMatchObject(WRONG);
    const finished = await verify(mfaToken, { code: phone.code(1) });
    expect(finished).toMatchObject({ status: 200, body: { token_type: 'bearer' } });
    expect(await me(shaped(TokenPair, finished.body).access_token)).toMatchObject({ status: 200, body: { id, email } });
  });

  it('takes a code once, and the one that set it up not at all', async () => {
    const { email, phone } = await guarded();
    expect(await verify(halfIn(await login(email)), { code: phone.code() })).toMatchObject(WRONG);
    expect((await verify(halfIn(await login(email)), { code: phone.code(1) })).status).toBe(200);
    expect(await verify(halfIn(await login(email)), { code: phone.code(1) })).toMatchObject(WRONG);
  });

  it('takes a recovery code in place of a code, once', async () => {
    const { email, recoveryCodes } = await guarded();
    const recovery_code = recoveryCodes[0] ?? '';
    const finished = await verify(halfIn(await login(email)), { recovery_code });
    expect(finished.status).toBe(200);
    const { access_token: token } = shaped(TokenPair, finished.body);
    expect(await me(token)).toMatchObject({ status: 200, body: { recovery_codes_left: 9 } });
    expect(await verify(halfIn(await login(email)), { recovery_code })).toMatchObject(WRONG);
  });

  it('is asked for where the first step was a code by mail, too', async () => {
    const { email, phone } = await guarded();
    expect((await post('/auth/send-otp', { email })).status).toBe(200);
    const { code: otp } = await door.letter(email, 'sign_in_code');
    const mfaToken = halfIn(await post('/auth/verify-otp', { email, otp }));
    const finished = await verify(mfaToken, { code: phone.code(1) });
    expect((await me(shaped(TokenPair, finished.body).access_token)).status).toBe(200);
  });

  it('that was lost is taken away by an admin: 204, signed out within a second, and in again by the password', async () => {
    const { id, email, token } = await guarded();
    const password = 'eight yellow giraffes';
    const owner = await door.identity.app.get(OwnerService, { strict: false }).createOwner({ password });
    const signedIn = await post('/auth/login', { email: owner.email, password });
    const { access_token: admin } = shaped(TokenPair, signedIn.body);
    const remove = (who: string, whose: string) =>
      door.send('DELETE', `/admin/users/${whose}/second-factor`, { token: who });

    expect(await remove(token, id)).toMatchObject({ status: 403, body: { error: { code: 'FORBIDDEN' } } });
    const ownId = shaped(Me, (await me(admin)).body).id;
    expect(await remove(admin, ownId)).toMatchObject({ status: 409, body: { error: { code: 'CONFLICT' } } });
    expect(await remove(admin, id)).toMatchObject({ status: 204, body: undefined });
    await eventually(async () => expect((await me(token)).status).toBe(401), { timeoutMs: 1000 });
    expect(await door.letter(email, 'mfa_disabled')).toMatchObject({ by: 'admin' });
    const again = shaped(TokenPair, (await login(email)).body).access_token;
    expect(await me(again)).toMatchObject({ status: 200, body: { mfa_enabled: false, recovery_codes_left: 0 } });
    for (const whose of [id, newId()]) expect((await remove(admin, whose)).status).toBe(404);
  });
});
