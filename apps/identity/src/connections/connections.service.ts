import { Inject, Injectable } from '@nestjs/common';
import {
  type Connection,
  ConnectionAcceptedV1,
  ConnectionRequestedV1,
  type listConnections,
  requestConnection,
  type RequestConnectionBody,
  type Static,
} from '#contracts';
import { type Clock, invalid, notFound } from '#kernel';
import { callerId, Idempotency, LivePush, Outbox, type RpcContext } from '#messaging';
import { afterCommit, type DailyCap, Database, EVERYBODY, takeFromDay, type Tx, UnitOfWork } from '#persistence';
import { CLOCK } from '#platform';
import type { IdentityOwnSettings } from '../config.js';
import { cursorPage, cursorWindow } from '../cursor.js';
import { SETTINGS } from '../tokens.js';
import { toConnection } from './connection-view.js';
import { ConnectionRepository, type ConnectionRow } from './connection.repository.js';
import { act, type Action, seenBy } from './domain/pair.js';
import { PeopleRepository } from './people.repository.js';
import { emailNotVerified, refusalOf } from './refusals.js';

@Injectable()
export class ConnectionsService {
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
  ) {}

  async list(
    query: Static<typeof listConnections.request>,
    context: RpcContext,
  ): Promise<Static<typeof listConnections.response>> {
    const me = callerId(context);
    const window = cursorWindow('connections', query);
    const [rows, count] = await Promise.all([
      this.connections.page(this.database, me, query, window),
      this.connections.count(this.database, me, query),
    ]);
    const { head, shown } = cursorPage('connections', query, count, rows, ({ connection }) => connection.id);
    return { ...head, connections: shown.map((row) => toConnection(row, me, this.coolDown)) };
  }

  async get(id: string, context: RpcContext): Promise<Connection> {
    const me = callerId(context);
    const row = await this.connections.seen(this.database, me, id);
    if (row === undefined) throw notFound('The connection');
    return toConnection(row, me, this.coolDown);
  }

  /** Asks somebody (or blocks him, where there is nothing yet to block). */
  request(request: RequestConnectionBody, context: RpcContext): Promise<Connection> {
    const me = callerId(context);
    const action = request.status === 'blocked' ? 'block' : 'ask';
    return this.idempotency.run(requestConnection, request, context, async (tx) => {
      const other = await this.personMeant(tx, request);
      if (other === me) throw invalid([{ field: 'receiver_id', message: 'must be somebody else' }]);
      const alive = await this.people.alive(tx, [me, other]);
      if (action === 'ask' && alive.get(me)?.isVerified !== true) throw emailNotVerified();
      const before = await this.connections.find(tx, me, other);
      const known = before !== undefined && seenBy(before, me) !== 'none';
      const person = alive.get(other);
      // Somebody without a page is unknown to strangers: his id must not say that he is there.
      if (person === undefined || !(person.hasPage || known)) throw notFound('The person');
      const row = await this.connections.lockPair(tx, me, other, this.clock.now());
      if (row === undefined) throw notFound('The person');
      await this.apply(tx, row, me, action, context, 'The person');
      return this.viewIn(tx, me, row.id);
    });
  }

  answer(id: string, status: 'accepted' | 'rejected' | 'blocked', context: RpcContext): Promise<Connection> {
    const me = callerId(context);
    const action = ({ accepted: 'accept', rejected: 'reject', blocked: 'block' } as const)[status];
    return this.unitOfWork.run(async (tx) => {
      const row = await this.seenRow(tx, me, id);
      const alive = await this.people.alive(tx, [me]);
      if (action === 'accept' && alive.get(me)?.isVerified !== true) throw emailNotVerified();
      await this.apply(tx, row, me, action, context, 'The connection');
      return this.viewIn(tx, me, id);
    });
  }

  /** Ends a connection, takes back or sends away a request, unblocks. */
  remove(id: string, context: RpcContext): Promise<void> {
    const me = callerId(context);
    return this.unitOfWork.run(async (tx) => {
      await this.apply(tx, await this.seenRow(tx, me, id), me, 'remove', context, 'The connection');
    });
  }

  private async apply(
    tx: Tx,
    row: ConnectionRow,
    me: string,
    action: Action,
    context: RpcContext,
    thing: string,
  ): Promise<void> {
    const now = this.clock.now();
    const outcome = act(row, me, action, now, this.coolDown);
    if (outcome.kind !== 'done') throw refusalOf(outcome, row, me, thing);
    const { pair, told } = outcome;
    await this.connections.store(tx, row.id, pair, now);
    if (told === null || pair.requester === null) return;

    const other = row.lowId === me ? row.highId : row.lowId;
    const receiver = pair.requester === row.lowId ? row.highId : row.lowId;
    const data = { connection_id: row.id, requester_id: pair.requester, receiver_id: receiver };
    const facts = { subject: row.id, requestId: context.requestId };
    if (told === 'requested') await this.outbox.add(tx, ConnectionRequestedV1, data, facts);
    else await this.outbox.add(tx, ConnectionAcceptedV1, { ...data, accepted_by: me }, facts);
    const type = told === 'requested' ? 'connection_request' : 'connection_accepted';
    afterCommit(tx, () => this.live.push(other, type, data));
    if (told === 'requested') await takeFromDay(tx, this.capsOf(me), now);
  }

  /** Requests count that were taken back, too: the other one has heard of them. */
  private capsOf(me: string): DailyCap[] {
    const { CONNECTION_REQUESTS_PER_DAY: mine, CONNECTION_REQUESTS_PER_DAY_OF_ALL: ofAll } = this.settings;
    return [
      {
        use: 'connection-request',
        who: me,
        limit: mine,
        message: `At most ${mine} people may be asked within 24 hours`,
      },
      {
        use: 'connection-request',
        who: EVERYBODY,
        limit: ofAll,
        message: `At most ${ofAll} people are asked in this installation within 24 hours`,
      },
    ];
  }

  private async personMeant(tx: Tx, { receiver_id, slug }: RequestConnectionBody): Promise<string> {
    if ((receiver_id === undefined) === (slug === undefined)) {
      throw invalid([{ field: 'receiver_id', message: 'or slug must be given, and not both' }]);
    }
    // The same id in capitals is the same person.
    const id = receiver_id?.toLowerCase() ?? (await this.people.idOfSlug(tx, (slug ?? '').trim().toLowerCase()));
    if (id === undefined) throw notFound('The person');
    return id;
  }

  private async seenRow(tx: Tx, me: string, id: string): Promise<ConnectionRow> {
    const row = await this.connections.lock(tx, me, id);
    if (row === undefined || seenBy(row, me) === 'none') throw notFound('The connection');
    return row;
  }

  private async viewIn(tx: Tx, me: string, id: string): Promise<Connection> {
    const row = await this.connections.seen(tx, me, id);
    if (row === undefined) throw notFound('The connection');
    return toConnection(row, me, this.coolDown);
  }

  private get coolDown(): number {
    return this.settings.CONNECTION_RETRY_AFTER;
  }
}
