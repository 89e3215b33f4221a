import { Injectable } from '@nestjs/common';
import type { Queryable, Tx } from '#persistence';
import { COUNTED, type CursorWindow } from '../cursor.js';

export interface MessageRow {
  id: string;
  connectionId: string;
  senderId: string;
  receiverId: string;
  content: string;
  createdAt: Date;
  /** When its receiver read it. */
  readAt: Date | null;
  /** The same as far as its sender is told: nothing, when the two were not connected any more. */
  receiptAt: Date | null;
}

export interface MessageFilter {
  with?: string;
  unread?: boolean;
}

const COLUMNS = `id, connection_id AS "connectionId", sender_id AS "senderId", receiver_id AS "receiverId", content,
  created_at AS "createdAt", read_at AS "readAt", receipt_at AS "receiptAt"`;

/** $1 is whose messages, $2 the other one, $3 whether only unread, $4 where the page before ended. */
const SENT = `FROM message WHERE sender_id = $1 AND NOT $3 AND ($2::uuid IS NULL OR receiver_id = $2)`;
const RECEIVED = `FROM message
  WHERE receiver_id = $1 AND (NOT $3 OR read_at IS NULL) AND ($2::uuid IS NULL OR sender_id = $2)`;

@Injectable()
export class MessageRepository {
  async insert(tx: Tx, row: MessageRow): Promise<void> {
    await tx.query(
      'message.insert',
      `INSERT INTO message (id, connection_id, sender_id, receiver_id, content, created_at)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [row.id, row.connectionId, row.senderId, row.receiverId, row.content, row.createdAt],
    );
  }

  async lock(tx: Tx, person: string, id: string): Promise<MessageRow | undefined> {
    const rows = await tx.query<MessageRow>(
      'message.lock',
      `SELECT ${COLUMNS} FROM message WHERE id = $2 AND (sender_id = $1 OR receiver_id = $1) FOR NO KEY UPDATE`,
      [person, id],
    );
    return rows[0];
  }

  async markRead(tx: Tx, id: string, readAt: Date, receiptAt: Date | null): Promise<void> {
    await tx.query('message.read', 'UPDATE message SET read_at = $2, receipt_at = $3 WHERE id = $1', [
      id,
      readAt,
      receiptAt,
    ]);
  }

  /** Newest first. Each half walks an index of its own and stops early, however long the history is. */
  async page(
    db: Queryable,
    person: string,
    filter: MessageFilter,
    { after, limit, offset }: CursorWindow,
  ): Promise<MessageRow[]> {
    const half = (from: string) =>
      `(SELECT ${COLUMNS} ${from} AND ($4::uuid IS NULL OR id < $4) ORDER BY id DESC LIMIT $5)`;
    return db.query<MessageRow>(
      'message.page',
      `SELECT * FROM (${half(SENT)} UNION ALL ${half(RECEIVED)}) AS mine ORDER BY id DESC LIMIT $6 OFFSET $7`,
      [person, filter.with ?? null, filter.unread ?? false, after, limit + offset + 1, limit + 1, offset],
    );
  }

  async count(db: Queryable, person: string, filter: MessageFilter): Promise<number> {
    const half = (from: string) => `(SELECT 1 ${from} LIMIT ${COUNTED + 1})`;
    const rows = await db.query<{ count: number }>(
      'message.count',
      `SELECT count(*)::int AS count FROM (${half(SENT)} UNION ALL ${half(RECEIVED)}) AS counted`,
      [person, filter.with ?? null, filter.unread ?? false],
    );
    return rows[0]?.count ?? 0;
  }
}
