import type { Queryable, Tx } from '#persistence';

export interface PendingRow {
  id: string;
  stream: string;
  subject: string;
  payload: string;
  headers: Record<string, string>;
  attempts: number;
}

export interface PublishedRow {
  id: string;
  stream: string;
  sequence: number;
}

export interface FailedRow {
  id: string;
  delayMs: number;
  error: string;
}

export const outboxRepository = {
  /** Rows that are due, kept for this transaction; what another relay works on is passed over. */
  takeBatch(tx: Tx, limit: number, heldBack: readonly string[]): Promise<PendingRow[]> {
    return tx.query<PendingRow>(
      'outbox.take',
      `SELECT id, stream, subject, payload, headers, attempts
       FROM outbox
       WHERE published_at IS NULL AND next_attempt_at <= now() AND stream <> ALL ($2::text[])
       ORDER BY next_attempt_at, id
       LIMIT $1
       FOR UPDATE SKIP LOCKED`,
      [limit, heldBack],
    );
  },

  async markPublished(tx: Tx, rows: readonly PublishedRow[]): Promise<void> {
    if (rows.length === 0) return;
    await tx.query(
      'outbox.mark',
      `UPDATE outbox SET published_at = now(), sequence = r.sequence, last_error = NULL
       FROM unnest($1::uuid[], $2::bigint[]) AS r(id, sequence)
       WHERE outbox.id = r.id`,
      [rows.map((row) => row.id), rows.map((row) => row.sequence)],
    );
  },

  async markFailed(tx: Tx, rows: readonly FailedRow[]): Promise<void> {
    if (rows.length === 0) return;
    await tx.query(
      'outbox.failed',
      `UPDATE outbox
       SET attempts = attempts + 1, next_attempt_at = now() + r.delay * interval '1 millisecond', last_error = r.error
       FROM unnest($1::uuid[], $2::int[], $3::text[]) AS r(id, delay, error)
       WHERE outbox.id = r.id`,
      [rows.map((row) => row.id), rows.map((row) => row.delayMs), rows.map((row) => row.error)],
    );
  },

  /** The bus is back: what waited because of it is due at once. */
  async makeDue(database: Queryable): Promise<void> {
    await database.query(
      'outbox.make-due',
      `UPDATE outbox SET next_attempt_at = now() WHERE published_at IS NULL AND next_attempt_at > now()`,
    );
  },

  /** How many rows wait (counted up to 10,000) and how long the oldest has. */
  async backlog(database: Queryable): Promise<{ depth: number; oldestSeconds: number }> {
    const [row] = await database.query<{ depth: number; oldest: number | null }>(
      'outbox.backlog',
      `SELECT count(*)::int AS depth, extract(epoch FROM now() - min(created_at))::float8 AS oldest
       FROM (SELECT created_at FROM outbox WHERE published_at IS NULL ORDER BY next_attempt_at LIMIT 10000) AS pending`,
    );
    return { depth: row?.depth ?? 0, oldestSeconds: row?.oldest ?? 0 };
  },

  /** Puts what the bus lost back in line; answers how many rows. */
  async republish(tx: Tx, stream: string, afterSequence: number): Promise<number> {
    const [row] = await tx.query<{ count: number }>(
      'outbox.republish',
      `WITH lost AS (
         UPDATE outbox
         SET published_at = NULL, sequence = NULL, attempts = 0, next_attempt_at = now(), last_error = 'lost by the bus'
         WHERE stream = $1 AND published_at IS NOT NULL AND sequence > $2
         RETURNING 1
       ) SELECT count(*)::int AS count FROM lost`,
      [stream, afterSequence],
    );
    return row?.count ?? 0;
  },
};
