import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { listAudit, refreshSession, registerAccount, searchAudit, sendSignInCode, signIn } from '#contracts';
import { newId } from '#kernel';
import { contextOf, failureOf, type IdentityApp, PASSWORD, type SignedIn, startIdentity } from './identity-app.js';

const anEmail = () => `${newId()}@example.com`;

describe('what an owner is told, and by whom', () => {
  let app: IdentityApp;
  beforeAll(async () => {
    app = await startIdentity();
  }, 60_000);
  afterAll(() => app.stop());

  async function confirmed(): Promise<SignedIn> {
    const person = await app.register();
    await app.db.admin('UPDATE identity.account SET email_verified_at = now() WHERE id = $1', [person.user.id]);
    return person;
  }
  const from = (email: string, clientAddress: string, userAgent: string) =>
    app.ask(signIn, { email, password: PASSWORD }, { clientAddress, userAgent });

  it('hears of a sign-in with a new device at a new place, and the history says so', async () => {
    const { email, context, user } = await confirmed();
    await from(email, '198.51.100.9', 'Another browser/7.1');
    expect(await app.letters(email)).toEqual([
      {
        kind: 'sign_in_unusual',
        user_id: user.id,
        expires_at: null,
        values: {
          when: app.clock.now().toISOString(),
          device: 'Another browser/7.1',
          network: '198.51.100.9',
          reason: 'new_device_and_place',
        },
      },
    ]);
    const { entries } = await app.ask(listAudit, {}, context);
    expect(entries[0]).toMatchObject({ action: 'session.signed-in', detail: { unusual: true } });
    await from(email, '198.51.100.10', 'Another browser/8.0');
    expect(await app.letters(email)).toHaveLength(1);
  });

  it('hears nothing of a new device at a known place, nor of a journey', async () => {
    const { email } = await confirmed();
    await from(email, '203.0.113.99', 'Another browser/7.1');
    await from(email, '198.51.100.9', 'test');
    expect(await app.letters(email)).toEqual([]);
  });

  it('hears of ten failures within an hour, once', async () => {
    const { email } = await confirmed();
    for (let i = 0; i < 13; i += 1) {
      await failureOf(app.signIn(email, 'wrong', `10.9.0.${i}`));
      app.clock.advance(4 * 60_000);
    }
    expect(await app.letters(email)).toMatchObject([{ kind: 'sign_in_unusual', values: { reason: 'many_failures' } }]);
  });

  it('hears that a refresh token came twice', async () => {
    const { email, tokens } = await confirmed();
    const refresh = () =>
      app.ask(refreshSession, { refresh_token: tokens.refresh_token }, { clientAddress: '10.9.1.1' });
    await refresh();
    await failureOf(refresh());
    expect(await app.letters(email)).toMatchObject([{ kind: 'token_reused', values: { network: '10.9.1.1' } }]);
  });

  it('is not written to at an address nobody confirmed', async () => {
    const { email, tokens } = await app.register();
    await from(email, '198.51.100.9', 'Another browser/7.1');
    await app.ask(refreshSession, { refresh_token: tokens.refresh_token });
    await failureOf(app.ask(refreshSession, { refresh_token: tokens.refresh_token }));
    expect(await app.letters(email)).toEqual([]);
  });

  describe('the history of all accounts', () => {
    const admin = async () => (await app.register({ roles: ['user', 'admin'] })).context;

    it('is for admins only', async () => {
      const { context } = await app.register();
      expect(await failureOf(app.ask(searchAudit, {}, context))).toMatchObject({ kind: 'forbidden' });
      expect(await failureOf(app.ask(searchAudit, {}))).toMatchObject({ kind: 'unauthenticated' });
    });

    it('shows newest first whose it is and who did it, by user and by kind, and not what was typed', async () => {
      const context = await admin();
      const { email, user } = await app.register();
      await failureOf(app.signIn(email, 'a wrong password'));
      const unknown = anEmail();
      await failureOf(app.signIn(unknown, 'a wrong password'));
      const refused = await app.ask(searchAudit, { action: 'session.sign-in-refused', per_page: 2 }, context);
      expect(refused.entries).toMatchObject([{ user_id: null }, { user_id: user.id, actor_id: user.id }]);
      expect(refused.total_is_estimate).toBe(false);
      const own = await app.ask(searchAudit, { user_id: user.id }, context);
      expect(own.entries.map((entry) => entry.action)).toEqual([
        'session.sign-in-refused',
        'session.signed-in',
        'account.registered',
      ]);
      expect(JSON.stringify([refused, own])).not.toMatch(/wrong password|@example/);
      expect((await app.ask(searchAudit, { user_id: newId() }, context)).total).toBe(0);
    });
  });
});

describe('an installation that asks for a CAPTCHA', () => {
  let app: IdentityApp;
  let service: Server;
  let answer: { status: number; body: string };
  const asked: URLSearchParams[] = [];
  beforeAll(async () => {
    service = createServer((request, response) => {
      let form = '';
      request.on('data', (chunk: Buffer) => (form += chunk.toString()));
      request.on('end', () => {
        asked.push(new URLSearchParams(form));
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
      });
    });
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    const address = service.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    app = await startIdentity({
      CAPTCHA_VERIFY_URL: `http://127.0.0.1:${port ?? 0}/siteverify`,
      CAPTCHA_SECRET: 'the secret of the site',
    });
  }, 60_000);
  afterAll(async () => {
    await app.stop();
    await new Promise((resolve) => service.close(resolve));
  });
  beforeEach(() => {
    asked.length = 0;
    answer = { status: 200, body: '{"success":true}' };
  });

  const register = (captcha_token?: string) =>
    app.ask(
      registerAccount,
      { email: anEmail(), password: PASSWORD, full_name: 'Ada', captcha_token },
      { clientAddress: '203.0.113.7' },
    );
  const sendCode = (captcha_token?: string) => app.ask(sendSignInCode, { email: anEmail(), captcha_token });
  const refused = { kind: 'invalid', details: [{ field: 'captcha_token' }] };

  it('registers people and sends codes whose token the service accepts', async () => {
    await expect(register('solved')).resolves.toMatchObject({ full_name: 'Ada' });
    await expect(sendCode('solved')).resolves.toMatchObject({ status: 'code_sent' });
    expect(Object.fromEntries(asked[0] ?? [])).toEqual({
      secret: 'the secret of the site',
      response: 'solved',
      remoteip: '203.0.113.7',
    });
  });

  it('refuses those without a token, and does not even ask', async () => {
    expect(await failureOf(register())).toMatchObject(refused);
    expect(await failureOf(sendCode())).toMatchObject(refused);
    expect(asked).toEqual([]);
  });

  it.each(['{"success":false,"error-codes":["invalid-input-response"]}', '{}', '{"success":"true"}'])(
    'refuses those the service refuses: %s',
    async (body) => {
      answer = { status: 200, body };
      expect(await failureOf(register('bad'))).toMatchObject(refused);
      expect(await failureOf(sendCode('bad'))).toMatchObject(refused);
    },
  );

  it.each([
    ['an error', { status: 400, body: 'no' }],
    ['nonsense', { status: 200, body: 'no' }],
  ])('lets nobody in while the service answers %s, and says so', async (_what, wrong) => {
    answer = wrong;
    expect(await failureOf(register('solved'))).toMatchObject({ kind: 'unavailable', code: 'PROVIDER_UNAVAILABLE' });
  });

  it('does not ask at sign-in', async () => {
    const email = anEmail();
    await app.ask(registerAccount, { email, password: PASSWORD, full_name: 'Ada', captcha_token: 'solved' });
    const context = contextOf(await app.signIn(email, PASSWORD));
    expect(context.caller.roles).toEqual(['user']);
    expect(asked).toHaveLength(1);
  });
});
