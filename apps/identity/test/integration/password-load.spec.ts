import 'reflect-metadata';
import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { changePassword, disableTotp, registerAccount } from '#contracts';
import { AppError, newId } from '#kernel';
import { PasswordHasher } from '../../src/passwords/password-hasher.js';
import { withAuthenticator } from '../support/authenticator.js';
import { failureOf, type IdentityApp, PASSWORD, startIdentity } from './identity-app.js';

const QUEUE = 8;

describe('a flood of sign-ins', () => {
  let app: IdentityApp;
  beforeAll(async () => {
    app = await startIdentity({
      PASSWORD_HASH_QUEUE: String(QUEUE),
      SIGN_IN_FREE_FAILURES_PER_ADDRESS: '1000',
    });
  }, 60_000);
  afterAll(() => app.stop());

  it('runs no more hashes at once than there are cores, lets a few wait and tells the rest when to come back', async () => {
    const { email } = await app.register();
    const hasher = app.get(PasswordHasher);
    let most = { running: 0, waiting: 0 };
    let isOver = false;
    const watching = (async () => {
      while (!isOver) {
        const { running, waiting } = hasher.load;
        most = { running: Math.max(most.running, running), waiting: Math.max(most.waiting, waiting) };
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 150 }, (_, index) => app.signIn(`${newId()}@example.com`, 'a guess', `10.8.0.${index}`)),
    );
    isOver = true;
    await watching;
    const refusals = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : undefined));
    const told = refusals.filter((reason) => reason instanceof AppError && reason.code === 'RATE_LIMITED');
    expect(most.running).toBe(availableParallelism());
    expect(most.waiting).toBe(QUEUE);
    // How many depends on how fast this machine hashes; with a full queue there is always one too many.
    expect(told.length).toBeGreaterThan(0);
    for (const reason of told) expect(reason).toMatchObject({ kind: 'rate-limited', retryAfterMs: 1000 });
    for (const reason of refusals)
      expect(['RATE_LIMITED', 'INVALID_CREDENTIALS']).toContain(Reflect.get(reason, 'code'));
    expect(hasher.load).toEqual({ running: 0, waiting: 0 });
    await expect(app.signIn(email, PASSWORD)).resolves.toBeDefined();
  }, 60_000);
});

describe('an installation that is strict about passwords', () => {
  let app: IdentityApp;
  beforeAll(async () => {
    app = await startIdentity({ PASSWORDS_STRICT: 'true' });
  }, 60_000);
  afterAll(() => app.stop());
  const short = 'x7#kQ2vLp9mN4z';
  const tooShort = (field: string) => ({
    kind: 'invalid',
    details: [{ field, message: 'must have at least 15 characters, it has 14' }],
  });

  it('takes no password of 14 characters where nothing else guards the account', async () => {
    const request = { email: `${newId()}@example.com`, password: short, full_name: 'Ada' };
    expect(await failureOf(app.ask(registerAccount, request))).toMatchObject(tooShort('password'));
    await expect(app.registerOnly({ ...request, password: `${short}!` })).resolves.toBeDefined();
    const { context } = await app.register();
    const change = { current_password: PASSWORD, new_password: short };
    expect(await failureOf(app.ask(changePassword, change, context))).toMatchObject(tooShort('new_password'));
  });

  it('takes it where there is a second factor, which cannot be taken away then before it is changed', async () => {
    const { authenticator, context } = await withAuthenticator(app);
    await app.ask(changePassword, { current_password: PASSWORD, new_password: short }, context);
    const disable = (current_password: string) =>
      app.ask(disableTotp, { current_password, code: authenticator.next() }, context);
    expect(await failureOf(disable(short))).toMatchObject({
      kind: 'invalid',
      details: [{ field: 'current_password' }],
    });
    await app.ask(changePassword, { current_password: short, new_password: `${short}!` }, context);
    await expect(disable(`${short}!`)).resolves.toMatchObject({ status: 'disabled' });
  });
});
