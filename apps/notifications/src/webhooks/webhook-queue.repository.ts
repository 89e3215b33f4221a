import { Injectable } from '@nestjs/common';
import type { WebhookAttempt, WebhookError } from '#contracts';
import { Database, type Tx } from '#persistence';
import { OWNER_IS_NOT_BLOCKED } from './account-access.repository.js';

/** A delivery somebody has just taken to send it. */
export interface ClaimedCall {
  id: string;
  webhook_id: string;
  url: string;
  /** Sealed. */
  secret: string;
  previous_secret: string | null;
  previous_expires_at: Date | null;
  message_id: string;
  event_type: string;
  occurred_at: Date;
  data: Record<string, unknown>;
  /** Counting this one. */
  attempts: number;
}

/** What a webhook may have under way at once is one call; what all webhooks of a person may, so many. */
const CALLS_PER_PERSON = 4;

/**
 * pending → sending → succeeded | failed, and back from sending to pending to try again. `next_attempt_at` is when
 * somebody may take it: while it is being sent, the moment at which the sender is taken for dead.
 */
@Injectable()
export class WebhookQueueRepository {
  constructor(private readonly database: Database) {}

  /**
   * What may be taken now: of each webhook the one that waits longest, and none of a webhook that is being called or
   * wants to be left alone. Receivers that take their time use up the calls of their owner, not those of others.
   */
  async due(now: Date, limit: number): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      'webhook-queue.due',
      `WITH busy AS (
         SELECT d.webhook_id, w.user_id FROM webhook_delivery d JOIN webhook w ON w.id = d.webhook_id
         WHERE d.finished_at IS NULL AND d.state = 'sending' AND d.next_attempt_at > $1
       ), first AS (
         SELECT DISTINCT ON (d.webhook_id) d.id, d.next_attempt_at, w.user_id
         FROM webhook_delivery d JOIN webhook w ON w.id = d.webhook_id
         WHERE d.finished_at IS NULL AND d.next_attempt_at <= $1 AND (w.hold_until IS NULL OR w.hold_until <= $1)
           AND ${OWNER_IS_NOT_BLOCKED}
           AND NOT EXISTS (SELECT FROM busy WHERE busy.webhook_id = d.webhook_id)
         ORDER BY d.webhook_id, d.next_attempt_at, d.created_at
       ), placed AS (
         SELECT id, next_attempt_at,
           row_number() OVER (PARTITION BY user_id ORDER BY next_attempt_at)
             + (SELECT count(*) FROM busy WHERE busy.user_id = first.user_id) AS place
         FROM first
       )
       SELECT id FROM placed WHERE place <= $3 ORDER BY next_attempt_at LIMIT $2`,
      [now, limit, CALLS_PER_PERSON],
    );
    return rows.map(({ id }) => id);
  }

  /** One statement, so of all that try one has it. Undefined when it is over, not due, or its owner is blocked. */
  async claim(id: string, now: Date, leaseUntil: Date): Promise<ClaimedCall | undefined> {
    const [row] = await this.database.query<ClaimedCall>(
      'webhook-queue.claim',
      `UPDATE webhook_delivery d SET state = 'sending', attempts = d.attempts + 1, next_attempt_at = $3
       FROM webhook w
       WHERE d.id = $1 AND w.id = d.webhook_id AND d.finished_at IS NULL AND d.next_attempt_at <= $2
         AND ${OWNER_IS_NOT_BLOCKED}
       RETURNING d.id, d.webhook_id, w.url, w.secret, w.previous_secret, w.previous_expires_at,
         d.message_id, d.event_type, d.occurred_at, d.data, d.attempts`,
      [id, now, leaseUntil],
    );
    return row;
  }

  /** Whoever had it last: what a receiver took is delivered. False when that was known. */
  async succeed(tx: Tx, id: string, attempt: WebhookAttempt, now: Date): Promise<boolean> {
    const rows = await tx.query(
      'webhook-queue.succeed',
      `UPDATE webhook_delivery
       SET state = 'succeeded', error = NULL, answer = NULL, attempt_log = attempt_log || $2::jsonb, finished_at = $3
       WHERE id = $1 AND state <> 'succeeded' RETURNING id`,
      [id, JSON.stringify([attempt]), now],
    );
    return rows.length === 1;
  }

  /** `next` undefined: it is over. False when somebody else has taken it since, or it has ended. */
  async fail(
    tx: Tx,
    { id, attempts }: ClaimedCall,
    attempt: WebhookAttempt,
    answer: string | null,
    now: Date,
    next: Date | undefined,
  ): Promise<boolean> {
    const rows = await tx.query(
      'webhook-queue.fail',
      `UPDATE webhook_delivery
       SET state = CASE WHEN $7::timestamptz IS NULL THEN 'failed' ELSE 'pending' END,
         finished_at = CASE WHEN $7::timestamptz IS NULL THEN $6::timestamptz END,
         next_attempt_at = coalesce($7, next_attempt_at),
         error = $3, answer = $4, attempt_log = attempt_log || $5::jsonb
       WHERE id = $1 AND state = 'sending' AND attempts = $2 RETURNING id`,
      [id, attempts, attempt.error, answer, JSON.stringify([attempt]), now, next ?? null],
    );
    return rows.length === 1;
  }

  /** Everything of a webhook that still waits ends. */
  async drop(tx: Tx, webhookId: string, error: WebhookError, now: Date): Promise<void> {
    await tx.query(
      'webhook-queue.drop',
      `UPDATE webhook_delivery SET state = 'failed', error = $2, finished_at = $3
       WHERE webhook_id = $1 AND finished_at IS NULL`,
      [webhookId, error, now],
    );
  }
}
