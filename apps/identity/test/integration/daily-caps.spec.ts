import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  changeEmail,
  ConnectionRequestedV1,
  MessageSentV1,
  requestPasswordReset,
  sendMessage,
  sendSignInCode,
} from '#contracts';
import { newId } from '#kernel';
import { assertNoDrift } from '#testing';
import { identitySchema } from '../../src/index.js';
import { failureOf, type IdentityApp, PASSWORD, type SignedIn, startIdentity } from './identity-app.js';
import { peopleOf } from './people-of.js';

const HOUR = 3_600_000;
const capped = (words: RegExp) => ({
  kind: 'rate-limited',
  code: 'RATE_LIMITED',
  message: expect.stringMatching(words),
  retryAfterMs: expect.any(Number),
});
const waitOf = (failure: unknown): number => Number(Reflect.get(Object(failure), 'retryAfterMs'));
const anEmail = () => `${newId()}@example.com`;

describe('what is capped for a day', () => {
  let app: IdentityApp;
  let ada: SignedIn;
  beforeAll(async () => {
    app = await startIdentity({
      MESSAGES_PER_DAY: '3',
      MESSAGES_PER_DAY_OF_ALL: '5',
      CONNECTION_REQUESTS_PER_DAY: '3',
      CONNECTION_REQUESTS_PER_DAY_OF_ALL: '5',
      MAILS_PER_HOUR_AND_MAILBOX: '100',
      MAILS_PER_HOUR_AND_ADDRESS: '1000',
      MAILS_PER_DAY_AND_MAILBOX: '3',
      CODE_MAILS_PER_DAY_OF_ALL: '5',
      LINK_MAILS_PER_DAY_OF_ALL: '5',
    });
  }, 60_000);
  beforeEach(async () => {
    // A day later nothing of what was done before counts.
    app.clock.advance(25 * HOUR);
    ada = await person('Ada');
  });
  afterAll(() => app.stop());

  const { person, ask, remove } = peopleOf(() => app);
  const count = async (contract: { subject: string }): Promise<number> => {
    const [row] = await app.db.admin<{ count: number }>(
      'SELECT count(*)::int AS count FROM identity.outbox WHERE subject = $1',
      [contract.subject],
    );
    return row?.count ?? 0;
  };

  it('has tables and migrations that agree', async () => {
    await assertNoDrift(app.db.adminUrl, [identitySchema]);
  });

  describe('messages', () => {
    const befriend = async (one: SignedIn, other: SignedIn) => {
      const [low = '', high = ''] = [one.user.id, other.user.id].sort();
      await app.db.admin(
        `INSERT INTO identity.connection (id, low_id, high_id, status, requester_id, created_at, updated_at)
         VALUES ($1, $2, $3, 'accepted', $2, now(), now())`,
        [newId(), low, high],
      );
    };
    const write = (from: SignedIn, to: SignedIn, idempotencyKey = newId()) =>
      app.ask(sendMessage, { receiver_id: to.user.id, content: 'Hello' }, { ...from.context, idempotencyKey });
    const stored = async (): Promise<number> => {
      const [row] = await app.db.admin<{ count: number }>('SELECT count(*)::int AS count FROM identity.message');
      return row?.count ?? 0;
    };

    it('of one account: a further one is refused with its own words, and nothing is written or told', async () => {
      const ben = await person('Ben');
      await befriend(ada, ben);
      const key = newId();
      const first = await write(ada, ben, key);
      for (let each = 0; each < 2; each += 1) await write(ada, ben);
      const before = [await stored(), await count(MessageSentV1)];
      const refusal = await failureOf(write(ada, ben));
      expect(refusal).toMatchObject(
        capped(/^At most 3 messages may be sent within 24 hours\. Try again in \d+ minutes/),
      );
      expect([await stored(), await count(MessageSentV1)]).toEqual(before);
      // Asked again with its key, what was sent before is answered and does not count.
      expect(await write(ada, ben, key)).toEqual(first);
      await expect(write(ben, ada)).resolves.toBeDefined();

      const wait = waitOf(refusal);
      app.clock.advance(wait - 1);
      expect(await failureOf(write(ada, ben))).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 1 });
      app.clock.advance(1);
      await expect(write(ada, ben)).resolves.toBeDefined();
    });

    it('of one account, exactly, also of twenty at once', async () => {
      const ben = await person('Ben');
      await befriend(ada, ben);
      const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => write(ada, ben)));
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    });

    it('of all accounts together', async () => {
      const [ben, eve] = [await person('Ben'), await person('Eve')];
      await befriend(ada, ben);
      await befriend(ben, eve);
      for (let each = 0; each < 3; each += 1) await write(ada, ben);
      for (let each = 0; each < 2; each += 1) await write(ben, eve);
      expect(await failureOf(write(eve, ben))).toMatchObject(
        capped(/^At most 5 messages are sent in this installation/),
      );
    });

    it('that were refused for another reason do not count', async () => {
      const [ben, stranger] = [await person('Ben'), await person('Stranger')];
      await befriend(ada, ben);
      for (let each = 0; each < 5; each += 1) {
        expect(await failureOf(write(ada, stranger))).toMatchObject({ code: 'NOT_CONNECTED' });
      }
      for (let each = 0; each < 3; each += 1) await write(ada, ben);
    });
  });

  describe('requests to connect', () => {
    it('of one account, also such as are taken back and made again', async () => {
      const [ben, eve] = [await person('Ben'), await person('Eve')];
      for (let each = 0; each < 3; each += 1) await remove(ada, (await ask(ada, ben)).id);
      const told = await count(ConnectionRequestedV1);
      expect(await failureOf(ask(ada, eve))).toMatchObject(capped(/^At most 3 people may be asked within 24 hours/));
      expect(await count(ConnectionRequestedV1)).toBe(told);
      await expect(ask(eve, ada)).resolves.toMatchObject({ status: 'pending' });
    });

    it('of all accounts together', async () => {
      const crowd = await Promise.all(Array.from({ length: 6 }, (_, each) => person(`Crowd ${each}`)));
      for (const one of crowd.slice(0, 5)) await ask(one, ada);
      const [, , , , , sixth = ada] = crowd;
      expect(await failureOf(ask(sixth, ada))).toMatchObject(
        capped(/^At most 5 people are asked in this installation/),
      );
    });
  });

  describe.each([
    ['code', (email: string) => app.ask(sendSignInCode, { email }, { clientAddress: '203.0.113.9' })],
    ['link', (email: string) => app.ask(requestPasswordReset, { email }, { clientAddress: '203.0.113.9' })],
  ] as const)('mails with a %s', (kind, send) => {
    it('to one mailbox, whether or not there is an account', async () => {
      const stranger = anEmail();
      for (const email of [ada.email, stranger]) {
        // The cap of all must not be what refuses here.
        app.clock.advance(25 * HOUR);
        for (let each = 0; each < 3; each += 1) await send(email);
        const letters = (await app.letters(email)).length;
        expect(await failureOf(send(email))).toMatchObject(
          capped(new RegExp(`^At most 3 mails with a ${kind} are sent`)),
        );
        expect(await app.letters(email)).toHaveLength(letters);
      }
    });

    it('of this installation', async () => {
      for (let each = 0; each < 5; each += 1) await send(anEmail());
      expect(await failureOf(send(ada.email))).toMatchObject(
        capped(new RegExp(`^This installation sends at most 5 mails with a ${kind} within 24 hours`)),
      );
      expect((await app.letters(ada.email)).filter(({ kind: sent }) => sent === 'reset_password')).toEqual([]);
    });
  });

  it('mails to other addresses that one account asks for', async () => {
    const change = () => app.ask(changeEmail, { new_email: anEmail(), current_password: PASSWORD }, { ...ada.context });
    for (let each = 0; each < 3; each += 1) await change();
    expect(await failureOf(change())).toMatchObject(
      capped(/^At most 3 mails with a link may be asked for by one account/),
    );
  });
});
