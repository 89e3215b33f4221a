import { Inject, Injectable } from '@nestjs/common';
import {
  type listMessages,
  type ListMessagesQuery,
  MessageSentV1,
  sendMessage,
  type SendMessageBody,
  type SocialMessage,
  type Static,
} from '#contracts';
import { AppError, type Clock, forbidden, invalid, newId, notFound } from '#kernel';
import { callerId, Idempotency, LivePush, Outbox, type RpcContext } from '#messaging';
import { afterCommit, type DailyCap, Database, EVERYBODY, takeFromDay, type Tx, UnitOfWork } from '#persistence';
import { CLOCK } from '#platform';
import type { IdentityOwnSettings } from '../config.js';
import { ConnectionRepository } from '../connections/connection.repository.js';
import { seenBy } from '../connections/domain/pair.js';
import { PeopleRepository } from '../connections/people.repository.js';
import { emailNotVerified } from '../connections/refusals.js';
import { cursorPage, cursorWindow } from '../cursor.js';
import { tidy } from '../tidy.js';
import { SETTINGS } from '../tokens.js';
import { MessageRepository, type MessageRow } from './message.repository.js';

/** Letters between people who are connected. */
@Injectable()
export class MessagesService {
  constructor(
    @Inject(SETTINGS) private readonly settings: IdentityOwnSettings,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly outbox: Outbox,
    private readonly live: LivePush,
    private readonly people: PeopleRepository,
    private readonly connections: ConnectionRepository,
    private readonly messages: MessageRepository,
  ) {}

  async list(query: ListMessagesQuery, context: RpcContext): Promise<Static<typeof listMessages.response>> {
    const me = callerId(context);
    const window = cursorWindow('messages', query);
    const [rows, count] = await Promise.all([
      this.messages.page(this.database, me, query, window),
      this.messages.count(this.database, me, query),
    ]);
    const { head, shown } = cursorPage('messages', query, count, rows, ({ id }) => id);
    return { ...head, messages: shown.map((row) => toMessage(row, me)) };
  }

  send(request: SendMessageBody, context: RpcContext): Promise<SocialMessage> {
    const me = callerId(context);
    const { receiver_id, content } = tidy(request);
    // The same id in capitals is the same person.
    const receiver = receiver_id.toLowerCase();
    if (receiver === me) throw invalid([{ field: 'receiver_id', message: 'must be somebody else' }]);
    return this.idempotency.run(sendMessage, request, context, async (tx) => {
      const row: MessageRow = {
        id: newId(),
        connectionId: await this.openConnection(tx, me, receiver),
        senderId: me,
        receiverId: receiver,
        content,
        createdAt: this.clock.now(),
        readAt: null,
        receiptAt: null,
      };
      await this.messages.insert(tx, row);
      const ids = { message_id: row.id, connection_id: row.connectionId, sender_id: me, receiver_id: receiver };
      await this.outbox.add(tx, MessageSentV1, ids, { subject: row.id, requestId: context.requestId });
      afterCommit(tx, () => this.live.push(receiver, 'message', toMessage(row, receiver)));
      await takeFromDay(tx, this.capsOf(me), this.clock.now());
      return toMessage(row, me);
    });
  }

  private capsOf(me: string): DailyCap[] {
    const { MESSAGES_PER_DAY: mine, MESSAGES_PER_DAY_OF_ALL: ofAll } = this.settings;
    return [
      { use: 'message', who: me, limit: mine, message: `At most ${mine} messages may be sent within 24 hours` },
      {
        use: 'message',
        who: EVERYBODY,
        limit: ofAll,
        message: `At most ${ofAll} messages are sent in this installation within 24 hours`,
      },
    ];
  }

  /** The first reading counts; its sender hears of it as long as the two are connected. */
  read(id: string, context: RpcContext): Promise<SocialMessage> {
    const me = callerId(context);
    return this.unitOfWork.run(async (tx) => {
      const row = await this.messages.lock(tx, me, id);
      if (row === undefined) throw notFound('The message');
      if (row.receiverId !== me) throw forbidden('A message is read by its receiver; you wrote this one.');
      if (row.readAt !== null) return toMessage(row, me);
      const readAt = this.clock.now();
      const pair = await this.connections.find(tx, me, row.senderId);
      const receiptAt = pair?.status === 'accepted' ? readAt : null;
      await this.messages.markRead(tx, id, readAt, receiptAt);
      if (receiptAt !== null) {
        const receipt = { message_id: id, receiver_id: me, read_at: receiptAt.toISOString() };
        afterCommit(tx, () => this.live.push(row.senderId, 'message_read', receipt));
      }
      return toMessage({ ...row, readAt, receiptAt }, me);
    });
  }

  /** The connection the two may write over. It stays as it is until the message is written: a block waits, or comes first. */
  private async openConnection(tx: Tx, me: string, receiver: string): Promise<string> {
    const alive = await this.people.alive(tx, [me, receiver]);
    if (alive.get(me)?.isVerified !== true) throw emailNotVerified();
    const pair = await this.connections.hold(tx, me, receiver);
    const person = alive.get(receiver);
    const status = pair === undefined ? 'none' : seenBy(pair, me);
    const isBlocked = pair?.status === 'blocked' && status === 'none';
    // As in asking: who has no page, or blocked the writer, is not there.
    if (person === undefined || isBlocked || (status === 'none' && !person.hasPage)) throw notFound('The person');
    if (pair === undefined || status !== 'accepted') throw notConnected();
    return pair.id;
  }
}

/** As one of the two sees it: the sender sees the receipt, the receiver what he has read. */
function toMessage(row: MessageRow, viewer: string): SocialMessage {
  const readAt = viewer === row.receiverId ? row.readAt : row.receiptAt;
  return {
    id: row.id,
    connection_id: row.connectionId,
    sender_id: row.senderId,
    receiver_id: row.receiverId,
    content: row.content,
    is_read: readAt !== null,
    read_at: readAt?.toISOString() ?? null,
    created_at: row.createdAt.toISOString(),
  };
}

const notConnected = (): AppError =>
  new AppError({
    code: 'NOT_CONNECTED',
    kind: 'forbidden',
    message: 'You can write to people you are connected with; ask to be connected first.',
  });
