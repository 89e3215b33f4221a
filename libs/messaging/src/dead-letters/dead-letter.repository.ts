import type { Queryable } from '#persistence';
import { v5 } from 'uuid';

export interface DeadLetterRow {
  id: string;
  consumer: string;
  message_id: string;
  stream: string;
  subject: string;
  /** As it came; not necessarily JSON. */
  envelope: string;
  headers: Record<string, string>;
  reason: string;
  attempts: number;
  failed_at: Date;
  replayed_at: Date | null;
}

export type NewDeadLetter = Omit<DeadLetterRow, 'id' | 'failed_at' | 'replayed_at'>;

const NAMESPACE = '3f0b9a52-6f0e-5d0f-9a39-4d1a0d6f6c11';

/** The same consumer and message are the same letter, however often the steps around it are repeated. */
export const deadLetterId = (consumer: string, messageId: string): string => v5(`${consumer}\n${messageId}`, NAMESPACE);

const COLUMNS =
  'id, consumer, message_id, stream, subject, envelope, headers, reason, attempts, failed_at, replayed_at';

export interface DeadLetterFilter {
  state: 'open' | 'replayed' | 'all';
  consumer?: string;
}

export const deadLetterRepository = {
  async keep(database: Queryable, id: string, letter: NewDeadLetter): Promise<void> {
    await database.query(
      'dead-letter.keep',
      `INSERT INTO dead_letters (id, consumer, message_id, stream, subject, envelope, headers, reason, attempts)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       ON CONFLICT (id) DO UPDATE
       SET reason = EXCLUDED.reason, attempts = EXCLUDED.attempts, failed_at = now(), replayed_at = NULL`,
      [
        id,
        letter.consumer,
        letter.message_id,
        letter.stream,
        letter.subject,
        // PostgreSQL cannot store NUL; a message that holds one is not JSON anyway.
        letter.envelope.replaceAll('\0', '\uFFFD'),
        JSON.stringify(letter.headers),
        letter.reason,
        letter.attempts,
      ],
    );
  },

  /** Takes the letter for this transaction; undefined when it is gone, replayed, or taken by somebody else. */
  async take(tx: Queryable, id: string): Promise<DeadLetterRow | undefined> {
    const [row] = await tx.query<DeadLetterRow>(
      'dead-letter.take',
      `SELECT ${COLUMNS} FROM dead_letters WHERE id = $1 AND replayed_at IS NULL FOR UPDATE SKIP LOCKED`,
      [id],
    );
    return row;
  },

  async get(database: Queryable, id: string): Promise<DeadLetterRow | undefined> {
    const [row] = await database.query<DeadLetterRow>(
      'dead-letter.get',
      `SELECT ${COLUMNS} FROM dead_letters WHERE id = $1`,
      [id],
    );
    return row;
  },

  async markReplayed(database: Queryable, id: string): Promise<void> {
    await database.query('dead-letter.replayed', `UPDATE dead_letters SET replayed_at = now() WHERE id = $1`, [id]);
  },

  async markFailedAgain(database: Queryable, id: string, reason: string): Promise<void> {
    await database.query(
      'dead-letter.failed-again',
      `UPDATE dead_letters SET reason = $2, attempts = attempts + 1, failed_at = now() WHERE id = $1`,
      [id, reason],
    );
  },

  async page(database: Queryable, filter: DeadLetterFilter, limit: number, offset: number): Promise<DeadLetterRow[]> {
    return database.query<DeadLetterRow>(
      'dead-letter.page',
      `SELECT ${COLUMNS} FROM dead_letters WHERE ${WHERE} ORDER BY failed_at, id LIMIT $3 OFFSET $4`,
      [filter.state, filter.consumer ?? null, limit, offset],
    );
  },

  async count(database: Queryable, filter: DeadLetterFilter): Promise<number> {
    const [row] = await database.query<{ total: number }>(
      'dead-letter.count',
      `SELECT count(*)::int AS total FROM dead_letters WHERE ${WHERE}`,
      [filter.state, filter.consumer ?? null],
    );
    return row?.total ?? 0;
  },
};

const WHERE = `($1 = 'all' OR (replayed_at IS NULL) = ($1 = 'open')) AND ($2::text IS NULL OR consumer = $2)`;
