import { Injectable } from '@nestjs/common';
import type { WebhookAttempt, WebhookDeliveriesQuery, WebhookError } from '#contracts';
import { Database, type Tx } from '#persistence';

export interface DeliveryRow {
  id: string;
  webhook_id: string;
  message_id: string;
  replay_of: string | null;
  event_type: string;
  occurred_at: Date;
  data: Record<string, unknown>;
  state: 'pending' | 'sending' | 'succeeded' | 'failed';
  attempt_log: WebhookAttempt[];
  next_attempt_at: Date;
  error: WebhookError | null;
  answer: string | null;
  created_at: Date;
  finished_at: Date | null;
}

/** What of a delivery is known when it is queued. */
export type NewDelivery = Pick<
  DeliveryRow,
  'id' | 'webhook_id' | 'message_id' | 'replay_of' | 'event_type' | 'occurred_at' | 'data'
>;

const LIST =
  'id, webhook_id, message_id, replay_of, event_type, occurred_at, data, state, attempt_log, next_attempt_at, error, answer, created_at, finished_at';

/** The log of deliveries, as its owner reads it, and what is put into it. */
@Injectable()
export class WebhookDeliveryRepository {
  constructor(private readonly database: Database) {}

  /** `error`: it ends before it begins, and says so. The same id a second time changes nothing. */
  async insertOnce(tx: Tx, delivery: NewDelivery, now: Date, error: WebhookError | null = null): Promise<void> {
    const { id, webhook_id, message_id, replay_of, event_type, occurred_at, data } = delivery;
    await tx.query(
      'webhook-delivery.insert-once',
      `INSERT INTO webhook_delivery
         (id, webhook_id, message_id, replay_of, event_type, occurred_at, data, created_at, next_attempt_at,
          state, error, finished_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8,
          CASE WHEN $9::text IS NULL THEN 'pending' ELSE 'failed' END, $9,
          CASE WHEN $9::text IS NULL THEN NULL ELSE $8::timestamptz END)
       ON CONFLICT (id) DO NOTHING`,
      [id, webhook_id, message_id, replay_of, event_type, occurred_at, JSON.stringify(data), now, error],
    );
  }

  /** Stops counting at `most`. */
  async countWaiting(tx: Tx, webhookId: string, most: number): Promise<number> {
    const [row] = await tx.query<{ total: number }>(
      'webhook-delivery.count-waiting',
      `SELECT count(*)::int AS total FROM (
         SELECT 1 FROM webhook_delivery WHERE webhook_id = $1 AND finished_at IS NULL LIMIT $2) waiting`,
      [webhookId, most],
    );
    return row?.total ?? 0;
  }

  async page(
    webhookId: string,
    { status, event_type }: WebhookDeliveriesQuery,
    limit: number,
    offset: number,
  ): Promise<{ rows: DeliveryRow[]; total: number }> {
    const states = status === undefined ? null : status === 'pending' ? ['pending', 'sending'] : [status];
    const where = `webhook_id = $1 AND ($2::text[] IS NULL OR state = ANY($2)) AND ($3::text IS NULL OR event_type = $3)`;
    const values = [webhookId, states, event_type ?? null];
    const [rows, counts] = await Promise.all([
      this.database.query<DeliveryRow>(
        'webhook-delivery.page',
        `SELECT ${LIST} FROM webhook_delivery WHERE ${where} ORDER BY created_at DESC, id DESC LIMIT $4 OFFSET $5`,
        [...values, limit, offset],
      ),
      this.database.query<{ total: number }>(
        'webhook-delivery.count',
        `SELECT count(*)::int AS total FROM webhook_delivery WHERE ${where}`,
        values,
      ),
    ]);
    return { rows, total: counts[0]?.total ?? 0 };
  }

  async find(webhookId: string, id: string): Promise<DeliveryRow | undefined> {
    const [row] = await this.database.query<DeliveryRow>(
      'webhook-delivery.find',
      `SELECT ${LIST} FROM webhook_delivery WHERE webhook_id = $1 AND id = $2`,
      [webhookId, id],
    );
    return row;
  }

  async findIn(tx: Tx, webhookId: string, id: string): Promise<DeliveryRow | undefined> {
    const [row] = await tx.query<DeliveryRow>(
      'webhook-delivery.find-in',
      `SELECT ${LIST} FROM webhook_delivery WHERE webhook_id = $1 AND id = $2`,
      [webhookId, id],
    );
    return row;
  }
}
