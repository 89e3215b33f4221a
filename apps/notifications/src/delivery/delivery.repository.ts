import { Injectable } from '@nestjs/common';
import type { DeliveryKind, SendDeliveryV1, Static } from '#contracts';
import { Database, type Queryable, type Tx } from '#persistence';

/** A delivery somebody has just taken to send it. */
export interface ClaimedDelivery {
  id: string;
  user_id: string | null;
  kind: DeliveryKind;
  /** Sealed. */
  content: string;
  /** Counting this one. */
  attempts: number;
  expires_at: Date | null;
}

/**
 * pending → sending → sent | failed, and back from sending to pending to try again. `next_attempt_at` is when somebody
 * may take it: while it is being sent, the moment at which the sender is taken for dead.
 */
@Injectable()
export class DeliveryRepository {
  constructor(private readonly database: Database) {}

  async insertOnce(tx: Tx, delivery: Static<typeof SendDeliveryV1.data>, now: Date): Promise<void> {
    await tx.query(
      'delivery.insert-once',
      `INSERT INTO delivery (id, user_id, kind, content, expires_at, next_attempt_at, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $6)
       ON CONFLICT (id) DO NOTHING`,
      [delivery.delivery_id, delivery.user_id, delivery.kind, delivery.content, delivery.expires_at, now],
    );
  }

  /** Undefined when it is over, or not due (then another one has it). */
  async claim(id: string, now: Date, leaseUntil: Date): Promise<ClaimedDelivery | undefined> {
    const [row] = await this.database.query<ClaimedDelivery>(
      'delivery.claim',
      `UPDATE delivery SET state = 'sending', attempts = attempts + 1, next_attempt_at = $3
       WHERE id = $1 AND finished_at IS NULL AND next_attempt_at <= $2
       RETURNING id, user_id, kind, content, attempts, expires_at`,
      [id, now, leaseUntil],
    );
    return row;
  }

  async due(now: Date, limit: number): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      'delivery.due',
      `SELECT id FROM delivery WHERE finished_at IS NULL AND next_attempt_at <= $1
       ORDER BY next_attempt_at LIMIT $2`,
      [now, limit],
    );
    return rows.map(({ id }) => id);
  }

  /** Whoever had it last: what a mail server took is sent. False when that was known. */
  async markSent(tx: Tx, id: string, now: Date): Promise<boolean> {
    return this.end(
      tx,
      `UPDATE delivery SET state = 'sent', content = NULL, reason = NULL, finished_at = $2
       WHERE id = $1 AND state <> 'sent' RETURNING id`,
      [id, now],
    );
  }

  /** False when somebody else has taken it since. */
  async markFailed(tx: Tx, { id, attempts }: ClaimedDelivery, reason: string, now: Date): Promise<boolean> {
    return this.end(
      tx,
      `UPDATE delivery SET state = 'failed', content = NULL, reason = $4, finished_at = $3
       WHERE id = $1 AND state = 'sending' AND attempts = $2 RETURNING id`,
      [id, attempts, now, reason],
    );
  }

  async retryAt({ id, attempts }: ClaimedDelivery, time: Date, reason: string): Promise<void> {
    await this.database.query(
      'delivery.retry-at',
      `UPDATE delivery SET state = 'pending', next_attempt_at = $3, reason = $4
       WHERE id = $1 AND state = 'sending' AND attempts = $2`,
      [id, attempts, time, reason],
    );
  }

  private async end(tx: Queryable, sql: string, values: readonly unknown[]): Promise<boolean> {
    return (await tx.query('delivery.end', sql, values)).length === 1;
  }
}
