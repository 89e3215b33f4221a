import { Injectable } from '@nestjs/common';
import type { WebhookDisabledReason } from '#contracts';
import { Database, type Tx } from '#persistence';

export interface WebhookRow {
  id: string;
  user_id: string;
  url: string;
  description: string | null;
  event_types: string[];
  /** Sealed. */
  secret: string;
  previous_secret: string | null;
  previous_expires_at: Date | null;
  disabled_reason: WebhookDisabledReason | null;
  disabled_at: Date | null;
  notice_due: boolean;
  failures: number;
  failing_since: Date | null;
  hold_until: Date | null;
  created_at: Date;
  updated_at: Date;
}

const COLUMNS = [
  'id',
  'user_id',
  'url',
  'description',
  'event_types',
  'secret',
  'previous_secret',
  'previous_expires_at',
  'disabled_reason',
  'disabled_at',
  'notice_due',
  'failures',
  'failing_since',
  'hold_until',
  'created_at',
  'updated_at',
] as const satisfies readonly (keyof WebhookRow)[];
const LIST = COLUMNS.join(', ');
const valuesOf = (row: WebhookRow): unknown[] => COLUMNS.map((column) => row[column]);

/** A webhook is always locked before its deliveries. */
@Injectable()
export class WebhookRepository {
  constructor(private readonly database: Database) {}

  /** Two creates at once must not both find the last free place. */
  async countLocked(tx: Tx, userId: string): Promise<number> {
    await tx.query('webhook.lock-owner', `SELECT pg_advisory_xact_lock(hashtextextended('webhook:' || $1, 0))`, [
      userId,
    ]);
    const [row] = await tx.query<{ total: number }>(
      'webhook.count-locked',
      'SELECT count(*)::int AS total FROM webhook WHERE user_id = $1',
      [userId],
    );
    return row?.total ?? 0;
  }

  async insert(tx: Tx, row: WebhookRow): Promise<void> {
    const places = COLUMNS.map((_, index) => `$${index + 1}`).join(', ');
    await tx.query('webhook.insert', `INSERT INTO webhook (${LIST}) VALUES (${places})`, valuesOf(row));
  }

  /** Of a row that was locked. */
  async save(tx: Tx, row: WebhookRow): Promise<void> {
    const changes = COLUMNS.map((column, index) => `${column} = $${index + 1}`).join(', ');
    await tx.query('webhook.save', `UPDATE webhook SET ${changes} WHERE id = $1`, valuesOf(row));
  }

  async page(userId: string, limit: number, offset: number): Promise<{ rows: WebhookRow[]; total: number }> {
    const [rows, counts] = await Promise.all([
      this.database.query<WebhookRow>(
        'webhook.page',
        `SELECT ${LIST} FROM webhook WHERE user_id = $1 ORDER BY id DESC LIMIT $2 OFFSET $3`,
        [userId, limit, offset],
      ),
      this.database.query<{ total: number }>(
        'webhook.count',
        'SELECT count(*)::int AS total FROM webhook WHERE user_id = $1',
        [userId],
      ),
    ]);
    return { rows, total: counts[0]?.total ?? 0 };
  }

  async find(userId: string, id: string): Promise<WebhookRow | undefined> {
    const [row] = await this.database.query<WebhookRow>(
      'webhook.find',
      `SELECT ${LIST} FROM webhook WHERE user_id = $1 AND id = $2`,
      [userId, id],
    );
    return row;
  }

  async lockOwned(tx: Tx, userId: string, id: string): Promise<WebhookRow | undefined> {
    const row = await this.lock(tx, id);
    return row?.user_id === userId ? row : undefined;
  }

  async lock(tx: Tx, id: string): Promise<WebhookRow | undefined> {
    const [row] = await tx.query<WebhookRow>('webhook.lock', `SELECT ${LIST} FROM webhook WHERE id = $1 FOR UPDATE`, [
      id,
    ]);
    return row;
  }

  async lockAllOf(tx: Tx, userId: string): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      'webhook.lock-all-of',
      'SELECT id FROM webhook WHERE user_id = $1 ORDER BY id FOR UPDATE',
      [userId],
    );
    return rows.map(({ id }) => id);
  }

  /** False when it is not there, or somebody else's. Its deliveries go with it. */
  async delete(userId: string, id: string): Promise<boolean> {
    const rows = await this.database.query(
      'webhook.delete',
      'DELETE FROM webhook WHERE user_id = $1 AND id = $2 RETURNING id',
      [userId, id],
    );
    return rows.length === 1;
  }

  /** Enabled ones of these people for this type; none of them can be switched off until the transaction ends. */
  async listening(tx: Tx, userIds: readonly string[], type: string): Promise<Pick<WebhookRow, 'id' | 'user_id'>[]> {
    return tx.query(
      'webhook.listening',
      `SELECT id, user_id FROM webhook
       WHERE user_id = ANY($1::uuid[]) AND $2 = ANY(event_types) AND disabled_reason IS NULL
       ORDER BY id FOR SHARE`,
      [userIds, type],
    );
  }

  async withNoticeDue(limit: number): Promise<WebhookRow[]> {
    return this.database.query<WebhookRow>(
      'webhook.notice-due',
      `SELECT ${LIST} FROM webhook WHERE notice_due ORDER BY disabled_at LIMIT $1`,
      [limit],
    );
  }

  async forgetPreviousSecrets(now: Date): Promise<void> {
    await this.database.query(
      'webhook.forget-previous',
      'UPDATE webhook SET previous_secret = NULL, previous_expires_at = NULL WHERE previous_expires_at <= $1',
      [now],
    );
  }
}
