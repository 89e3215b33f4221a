import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  answerConnection,
  compileSchema,
  listMessages,
  MessageSentV1,
  readMessage,
  removeConnection,
  requestConnection,
  sendMessage,
  SocialMessage,
  type Static,
  updatePublicProfileSettings,
} from '#contracts';
import { AppError, newId } from '#kernel';
import { assertNoDrift } from '#testing';
import { identitySchema } from '../../src/index.js';
import { failureOf, type IdentityApp, type SignedIn, startIdentity } from './identity-app.js';

const NOT_FOUND = { kind: 'not-found', code: 'NOT_FOUND' };

describe('messages', () => {
  let app: IdentityApp;
  let ada: SignedIn;
  let ben: SignedIn;
  let connection: string;
  beforeAll(async () => {
    app = await startIdentity();
  }, 60_000);
  beforeEach(async () => {
    [ada, ben] = await Promise.all([person('Ada'), person('Ben')]);
    connection = await connect(ada, ben);
  });
  afterAll(() => app.stop());

  async function person(full_name: string, hasPage = true): Promise<SignedIn> {
    const somebody = await app.register({ full_name });
    await app.db.admin('UPDATE identity.account SET email_verified_at = now() WHERE id = $1', [somebody.user.id]);
    if (hasPage) await app.ask(updatePublicProfileSettings, { slug: `p-${newId().slice(-12)}` }, somebody.context);
    return somebody;
  }
  async function connect(one: SignedIn, other: SignedIn): Promise<string> {
    const { id } = await app.ask(requestConnection, { receiver_id: other.user.id }, one.context);
    await app.ask(answerConnection, { connection_id: id, status: 'accepted' }, other.context);
    return id;
  }
  const write = (from: SignedIn, to: { user: { id: string } }, content = 'Hello') =>
    app.ask(sendMessage, { receiver_id: to.user.id, content }, from.context);
  const list = (who: SignedIn, query: Static<typeof listMessages.request> = {}) =>
    app.ask(listMessages, query, who.context);
  const read = (who: SignedIn, message_id: string) => app.ask(readMessage, { message_id }, who.context);
  const block = (who: SignedIn, connection_id = connection) =>
    app.ask(answerConnection, { connection_id, status: 'blocked' }, who.context);

  it('have tables and migrations that agree with the rest', async () => {
    await assertNoDrift(app.db.adminUrl, [identitySchema]);
  });

  it('go to people one is connected with; their event has ids and not a word of them', async () => {
    const content = 'Zeile eins\n\tZeile zwei 🎉 \u202e umgedreht';
    const message = await write(ada, ben, `  ${content}  `);
    expect(compileSchema(SocialMessage).problems(message)).toEqual([]);
    const ids = { connection_id: connection, sender_id: ada.user.id, receiver_id: ben.user.id };
    expect(message).toMatchObject({ ...ids, content, is_read: false, read_at: null });
    expect((await list(ben)).messages).toEqual([message]);
    expect((await list(ada)).messages).toEqual([message]);
    expect(await app.told(MessageSentV1, message.id)).toEqual([{ ...ids, message_id: message.id }]);
  });

  it('sent with one idempotency key are sent once, and the key is good for nothing else', async () => {
    const context = { ...ada.context, idempotencyKey: newId() };
    const request = { receiver_id: ben.user.id, content: 'Once' };
    const first = await app.ask(sendMessage, request, context);
    expect(await app.ask(sendMessage, request, context)).toEqual(first);
    expect(await failureOf(app.ask(sendMessage, { ...request, content: 'Twice' }, context))).toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    expect((await list(ben)).total).toBe(1);
  });

  it('are read by their receiver, once; the sender sees it', async () => {
    const { id } = await write(ada, ben);
    const receipt = await read(ben, id);
    expect(receipt).toMatchObject({ is_read: true, read_at: app.clock.now().toISOString() });
    app.clock.advance(60_000);
    expect(await read(ben, id)).toEqual(receipt);
    expect((await list(ada)).messages).toMatchObject([{ id, is_read: true, read_at: receipt.read_at }]);
    expect((await list(ben, { unread: true })).total).toBe(0);
  });

  it('are not marked as read by whoever wrote them', async () => {
    const { id } = await write(ada, ben);
    expect(await failureOf(read(ada, id))).toMatchObject({ kind: 'forbidden', code: 'FORBIDDEN' });
    expect((await list(ben, { unread: true })).total).toBe(1);
  });

  it('of other people are neither listed, nor found, nor read', async () => {
    const { id } = await write(ada, ben);
    const carl = await person('Carl');
    expect(await list(carl)).toMatchObject({ total: 0, messages: [] });
    expect(await list(carl, { with: ada.user.id })).toMatchObject({ total: 0, messages: [] });
    expect(await failureOf(read(carl, id))).toMatchObject(NOT_FOUND);
    expect(await failureOf(read(ben, newId()))).toMatchObject(NOT_FOUND);
  });

  it.each([
    ['nothing', ''],
    ['blanks', ' \n\t\u00a0 '],
    ['NUL', 'a\u0000b'],
    ['more than 4,000 characters', 'x'.repeat(4_001)],
  ])('are refused by name when they hold %s', async (_what, content) => {
    expect(await failureOf(write(ada, ben, content))).toMatchObject({
      kind: 'invalid',
      details: [{ field: 'content' }],
    });
    expect((await list(ben)).total).toBe(0);
  });

  it('are not written to oneself, not even in capitals', async () => {
    for (const receiver_id of [ada.user.id, ada.user.id.toUpperCase()]) {
      expect(await failureOf(app.ask(sendMessage, { receiver_id, content: 'Me' }, ada.context))).toMatchObject({
        details: [{ field: 'receiver_id' }],
      });
    }
  });

  it('need a verified address, whatever the token says', async () => {
    await app.db.admin('UPDATE identity.account SET email_verified_at = NULL WHERE id = $1', [ada.user.id]);
    const context = { ...ada.context, caller: { ...ada.context.caller, email_verified: true } };
    expect(await failureOf(app.ask(sendMessage, { receiver_id: ben.user.id, content: 'Hi' }, context))).toMatchObject({
      kind: 'forbidden',
      code: 'EMAIL_NOT_VERIFIED',
    });
    expect((await list(ben)).total).toBe(0);
  });

  it('need a connection: none, a pending, a rejected and an ended one are not enough', async () => {
    const carl = await person('Carl');
    const refused = { kind: 'forbidden', code: 'NOT_CONNECTED' };
    expect(await failureOf(write(ada, carl))).toMatchObject(refused);
    const { id } = await app.ask(requestConnection, { receiver_id: carl.user.id }, ada.context);
    expect(await failureOf(write(ada, carl))).toMatchObject(refused);
    expect(await failureOf(write(carl, ada))).toMatchObject(refused);
    await app.ask(answerConnection, { connection_id: id, status: 'rejected' }, carl.context);
    expect(await failureOf(write(ada, carl))).toMatchObject(refused);
    await app.ask(removeConnection, { connection_id: connection }, ben.context);
    expect(await failureOf(write(ada, ben))).toMatchObject(refused);
  });

  it('to somebody who blocked me, has no page or is blocked by an admin are like those to nobody', async () => {
    const shape = async (promise: Promise<unknown>) => {
      const reason = await failureOf(promise);
      if (!(reason instanceof AppError)) throw new Error(`not an AppError: ${String(reason)}`);
      return reason.toShape();
    };
    const nobody = await shape(write(ada, { user: { id: newId() } }));
    expect(nobody).toMatchObject(NOT_FOUND);
    expect(await shape(write(ada, await person('Hidden', false)))).toEqual(nobody);
    await block(ben);
    expect(await shape(write(ada, ben))).toEqual(nobody);
    const carl = await person('Carl');
    await connect(ada, carl);
    await app.db.admin('UPDATE identity.account SET blocked_at = now() WHERE id = $1', [carl.user.id]);
    expect(await shape(write(ada, carl))).toEqual(nobody);
  });

  it('cannot be written by whoever blocks, either', async () => {
    await block(ben);
    expect(await failureOf(write(ben, ada))).toMatchObject({ code: 'NOT_CONNECTED' });
  });

  it('stay with both when a connection ends, but tell the sender nothing any more', async () => {
    const { id } = await write(ada, ben);
    await block(ben);
    await expect(read(ben, id)).resolves.toMatchObject({ is_read: true });
    expect((await list(ada, { with: ben.user.id })).messages).toMatchObject([{ id, is_read: false, read_at: null }]);
    expect((await list(ben, { with: ada.user.id })).messages).toMatchObject([{ id, is_read: true }]);
  });

  it('never arrive after a block was answered, however many are on their way', async () => {
    const sends = Array.from({ length: 20 }, (_, i) => write(ada, ben, `Message ${i}`));
    const blocking = block(ben).then(async () => (await list(ben)).total);
    const [arrived] = await Promise.all([blocking, Promise.allSettled(sends)]);
    expect((await list(ben)).total).toBe(arrived);
  });

  it('come newest first and by cursor, without loss or repetition while more arrive', async () => {
    const sent: string[] = [];
    for (let i = 0; i < 7; i += 1) sent.push((await write(i % 2 === 0 ? ada : ben, i % 2 === 0 ? ben : ada)).id);
    const carl = await person('Carl');
    await connect(ada, carl);
    const fromCarl = await write(carl, ada);
    const query = { with: ben.user.id, per_page: 3 };
    const first = await list(ada, query);
    expect(first).toMatchObject({ total: 7, total_pages: 3 });
    await write(ben, ada);
    const second = await list(ada, { ...query, cursor: first.next_cursor ?? '' });
    const third = await list(ada, { ...query, cursor: second.next_cursor ?? '' });
    const seen = [...first.messages, ...second.messages, ...third.messages].map(({ id }) => id);
    expect(seen).toEqual([...sent].reverse());
    expect(third.next_cursor).toBeNull();
    const byPage = await list(ada, { with: ben.user.id, per_page: 3, page: 2 });
    expect(byPage.messages.map(({ id }) => id)).toEqual([...sent].reverse().slice(2, 5));
    expect((await list(ada)).messages.map(({ id }) => id)).toContain(fromCarl.id);
    expect((await list(ada, { unread: true })).total).toBe(5);
    expect(await failureOf(list(ada, { cursor: 'nonsense' }))).toMatchObject({ details: [{ field: 'cursor' }] });
  });
});
