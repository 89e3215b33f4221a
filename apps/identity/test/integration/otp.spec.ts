import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  getAccount,
  listAudit,
  sendSignInCode,
  type TokenPair,
  UserLoggedInV1,
  UserRegisteredV1,
  verifySignInCode,
} from '#contracts';
import { newId } from '#kernel';
import { OwnerService } from '../../src/index.js';
import { contextOf, failureOf, type IdentityApp, PASSWORD, startIdentity, tokensIn } from './identity-app.js';

const MINUTE = 60_000;
const anEmail = () => `${newId()}@example.com`;
const invalidCode = { kind: 'unauthenticated', code: 'INVALID_CODE' };

function tools(app: () => IdentityApp) {
  let nextAddress = 0;
  const from = () => {
    nextAddress += 1;
    return { clientAddress: `10.2.${nextAddress >> 8}.${nextAddress & 255}`, userAgent: 'test' };
  };
  return {
    from,
    send: (email: string, context: object = from()) => app().ask(sendSignInCode, { email }, context),
    verify: async (email: string, otp: string): Promise<TokenPair> =>
      tokensIn(await app().ask(verifySignInCode, { email, otp }, from())),
    codeOf: async (email: string): Promise<string> => {
      const letter = (await app().letters(email)).filter(({ kind }) => kind === 'sign_in_code').at(-1);
      if (letter?.values['code'] === undefined) throw new Error(`no code was sent to ${email}`);
      return letter.values['code'];
    },
  };
}

/** Six digits that are not these. */
const otherThan = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

describe('signing in with a code sent by mail', () => {
  let app: IdentityApp;
  beforeAll(async () => {
    app = await startIdentity();
  }, 60_000);
  afterAll(() => app.stop());
  const { send, verify, codeOf } = tools(() => app);

  it('makes the account at the first time, with its address proven, and signs in', async () => {
    const email = anEmail();
    expect(await send(email)).toEqual({ status: 'code_sent', message: expect.any(String), expires_in: 600 });
    const [letter] = await app.letters(email);
    expect(letter).toMatchObject({ kind: 'sign_in_code', user_id: null, values: { minutes: '10' } });
    expect(letter?.expires_at).toBe(new Date(app.clock.now().getTime() + 10 * MINUTE).toISOString());
    const context = contextOf(await verify(email, await codeOf(email)));
    const user = await app.ask(getAccount, {}, context);
    expect(user).toMatchObject({ email, email_verified: true, roles: ['user'], full_name: email.split('@')[0] });
    expect(await app.told(UserRegisteredV1, user.id)).toEqual([{ user_id: user.id, method: 'otp' }]);
    expect(await app.told(UserLoggedInV1, user.id)).toMatchObject([{ method: 'otp' }]);
  });

  it('finds the account that is there, in whatever case the address is typed', async () => {
    const { email, user } = await app.register();
    await send(email.toUpperCase());
    const code = await codeOf(email.toUpperCase());
    expect(contextOf(await verify(email, code)).caller.user_id).toBe(user.id);
  });

  it('takes a code once, also of fifty who come with it at the same moment', async () => {
    const email = anEmail();
    await send(email);
    const code = await codeOf(email);
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => verify(email, code)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    app.clock.advance(MINUTE);
    expect(await failureOf(verify(email, code))).toMatchObject(invalidCode);
  });

  it('looks at five tries of a code and no more, then not even at the right one', async () => {
    const email = anEmail();
    await send(email);
    const code = await codeOf(email);
    for (let i = 0; i < 5; i += 1) expect(await failureOf(verify(email, otherThan(code)))).toMatchObject(invalidCode);
    app.clock.advance(MINUTE);
    expect(await failureOf(verify(email, code))).toMatchObject(invalidCode);
  });

  it('takes the right code at the fifth try', async () => {
    const email = anEmail();
    await send(email);
    const code = await codeOf(email);
    for (let i = 0; i < 4; i += 1) await failureOf(verify(email, otherThan(code)));
    await expect(verify(email, code)).resolves.toBeDefined();
  });

  it('does not let fifty wrong codes at once be more than five tries', async () => {
    const email = anEmail();
    await send(email);
    const code = await codeOf(email);
    await Promise.allSettled(Array.from({ length: 50 }, () => verify(email, otherThan(code))));
    app.clock.advance(MINUTE);
    expect(await failureOf(verify(email, code))).toMatchObject(invalidCode);
  });

  it('takes a code for ten minutes and no longer', async () => {
    const email = anEmail();
    await send(email);
    const code = await codeOf(email);
    app.clock.advance(10 * MINUTE);
    expect(await failureOf(verify(email, code))).toMatchObject(invalidCode);
  });

  it('takes only the newest code of an address', async () => {
    const email = anEmail();
    await send(email);
    const first = await codeOf(email);
    await send(email);
    const second = await codeOf(email);
    if (first !== second) expect(await failureOf(verify(email, first))).toMatchObject(invalidCode);
    await expect(verify(email, second)).resolves.toBeDefined();
  });

  it('does not take the code of one address for another', async () => {
    const [mine, other] = [anEmail(), anEmail()];
    await send(mine);
    await send(other);
    const [code, otherCode] = [await codeOf(mine), await codeOf(other)];
    if (code !== otherCode) expect(await failureOf(verify(other, code))).toMatchObject(invalidCode);
  });

  it('gives the same answer for an address nobody asked a code for', async () => {
    const email = anEmail();
    await send(email);
    const wrong = await failureOf(verify(email, otherThan(await codeOf(email))));
    const unknown = await failureOf(verify(anEmail(), '000000'));
    expect(JSON.stringify(unknown)).toBe(JSON.stringify(wrong));
    expect(unknown).toMatchObject(invalidCode);
  });

  it.each(['12345', '1234567', 'abcdef', '١٢٣٤٥٦', '12 456', '', `000000' OR '1'='1`])(
    'refuses %j as a code naming the field',
    async (otp) => {
      expect(await failureOf(verify(anEmail(), otp))).toMatchObject({ kind: 'invalid', details: [{ field: 'otp' }] });
    },
  );

  it('sends five codes an hour to one address at most, whoever asks', async () => {
    const email = anEmail();
    for (let i = 0; i < 5; i += 1) await send(email);
    expect(await failureOf(send(email))).toMatchObject({ kind: 'rate-limited', code: 'TOO_MANY_ATTEMPTS' });
    app.clock.advance(60 * MINUTE);
    await expect(send(email)).resolves.toBeDefined();
  });

  it('grows the wait over several codes: a code a minute is not five free tries a minute', async () => {
    const email = anEmail();
    for (let round = 0; round < 2; round += 1) {
      await send(email);
      for (let i = 0; i < 5; i += 1) await failureOf(verify(email, '000000'));
    }
    expect(await failureOf(verify(email, '000000'))).toMatchObject({ code: 'TOO_MANY_ATTEMPTS' });
  });

  it('keeps neither code nor address readable', async () => {
    const email = anEmail();
    await send(email);
    const code = await codeOf(email);
    const rows = JSON.stringify([
      await app.db.admin(`SELECT *, encode(code_hash, 'escape') AS text FROM identity.sign_in_code`),
      await app.db.admin(`SELECT payload::text FROM identity.outbox WHERE subject LIKE 'cmd.%'`),
    ]);
    expect(rows).not.toContain(email);
    expect(rows).not.toContain(`"${code}"`);
  });

  it('throws out a stranger who had registered the address before its owner came', async () => {
    const stranger = await app.register();
    await send(stranger.email);
    const owner = contextOf(await verify(stranger.email, await codeOf(stranger.email)));
    expect(owner.caller.user_id).toBe(stranger.user.id);
    expect(await failureOf(app.signIn(stranger.email, PASSWORD))).toMatchObject({ code: 'INVALID_CREDENTIALS' });
    const { entries } = await app.ask(listAudit, {}, owner);
    expect(entries.find((entry) => entry.action === 'account.address-proven')?.detail).toEqual({
      password: true,
      sessions: 1,
    });
  });

  it('leaves password and sessions alone where the address was proven before', async () => {
    const { email, user } = await app.register();
    await app.db.admin('UPDATE identity.account SET email_verified_at = now() WHERE id = $1', [user.id]);
    await send(email);
    await verify(email, await codeOf(email));
    await expect(app.signIn(email, PASSWORD)).resolves.toBeDefined();
  });

  it('does not let a blocked account in', async () => {
    const { email, user } = await app.register();
    await app.db.admin('UPDATE identity.account SET blocked_at = now() WHERE id = $1', [user.id]);
    await send(email);
    expect(await failureOf(verify(email, await codeOf(email)))).toMatchObject({ code: 'ACCOUNT_DISABLED' });
  });

  it('makes one account where a code and a registration come at the same moment', async () => {
    const email = anEmail();
    await send(email);
    const code = await codeOf(email);
    const [byCode] = await Promise.allSettled([
      verify(email, code),
      app.registerOnly({ email, password: PASSWORD, full_name: 'Ada' }),
    ]);
    expect(byCode.status).toBe('fulfilled');
    const rows = await app.db.admin('SELECT id FROM identity.account WHERE email = $1', [email]);
    expect(rows).toHaveLength(1);
  });
});

describe('codes on an installation for one person', () => {
  let app: IdentityApp;
  beforeAll(async () => {
    app = await startIdentity({ SINGLE_USER: 'true', OWNER_EMAIL: 'me@example.com' });
    await app.get(OwnerService).createOwner({ password: PASSWORD });
  }, 60_000);
  afterAll(() => app.stop());
  const { send, verify, codeOf } = tools(() => app);

  it('go to the owner only, and nobody else is told so', async () => {
    const answer = await send('Me@Example.com');
    expect(await send('else@example.com')).toEqual(answer);
    expect(await app.letters('else@example.com')).toEqual([]);
    expect(await failureOf(verify('else@example.com', '123456'))).toMatchObject(invalidCode);
    await expect(verify('me@example.com', await codeOf('Me@Example.com'))).resolves.toBeDefined();
    expect(await app.db.admin('SELECT id FROM identity.account')).toHaveLength(1);
    await expect(app.signIn('me@example.com', PASSWORD)).resolves.toBeDefined();
  });
});
