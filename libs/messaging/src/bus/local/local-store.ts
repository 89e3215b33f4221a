import pg from 'pg';
import type { AppError } from '#kernel';
import type { StreamSpec } from '../../topology/topology.js';
import type { Appended, BusMessage, ConsumerSpec, StreamState } from '../bus.port.js';
import { unavailable } from '../bus-errors.js';
import { subjectRegex } from '../subjects.js';

export interface ToAppend {
  messageId: string;
  message: BusMessage;
}

/** One settlement. `done`: acked or terminated; `later`: due again after the delay (nak, or a lease begun anew). */
export interface ToSettle {
  stream: string;
  durable: string;
  sequence: number;
  attempt: number;
  verb: 'done' | 'later';
  delayMs: number;
}

export interface Taken {
  sequence: number;
  attempt: number;
  messageId: string;
  message: BusMessage;
}

interface FetchRow {
  taken_sequence: string | null;
  taken_attempt: number;
  taken_id: string;
  taken_subject: string;
  taken_headers: string;
  taken_payload: Buffer;
  due_in_ms: number | null;
}

/**
 * One statement: a late acknowledgement counts whatever the attempt, a delay only from who holds the lease. Committed, but
 * not waited for until it is on the disk: after a power cut the message comes again, which the inbox absorbs.
 */
const SETTLE = `
WITH told AS (
  SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::integer[], $5::boolean[], $6::float8[])
    AS t(stream, durable, sequence, attempt, done, delay_ms),
    (SELECT set_config('synchronous_commit', 'off', true)) AS quick
), done AS (
  DELETE FROM unsettled u USING told t
  WHERE t.done AND u.stream = t.stream AND u.durable = t.durable AND u.sequence = t.sequence
  RETURNING u.stream, u.sequence
), later AS (
  UPDATE unsettled u SET due_at = clock_timestamp() + t.delay_ms * interval '1 millisecond' FROM told t
  WHERE NOT t.done AND u.stream = t.stream AND u.durable = t.durable AND u.sequence = t.sequence
    AND u.attempt = t.attempt
)
DELETE FROM messages m USING done d, streams s
WHERE s.name = d.stream AND s.work_queue AND m.stream = d.stream AND m.sequence = d.sequence`;

const LAG = `
SELECT (SELECT count(*) FROM unsettled u WHERE u.stream = $1 AND u.durable = $2)
  + (SELECT count(*) FROM messages m WHERE m.stream = $1 AND m.subject ~ $3 AND m.sequence > coalesce(
      (SELECT position FROM cursors c WHERE c.stream = $1 AND c.durable = $2), 0)) AS lag`;

const PRUNE = [
  `DELETE FROM recent_ids r USING streams s WHERE s.name = r.stream AND r.stored_at < now() - s.duplicate_window`,
  `DELETE FROM messages m USING streams s WHERE s.name = m.stream AND m.stored_at < now() - s.max_age`,
  `DELETE FROM unsettled u WHERE NOT EXISTS (
     SELECT FROM messages m WHERE m.stream = u.stream AND m.sequence = u.sequence)`,
];

/** Only SQL: one method per verb of the port, one statement each. */
export class LocalStore {
  private readonly pool: pg.Pool;
  private connected = true;

  constructor(
    connectionString: string,
    poolSize: number,
    private readonly onConnected: () => void,
  ) {
    this.pool = new pg.Pool({
      connectionString,
      max: poolSize,
      application_name: 'career-copilot bus',
      options: '-c search_path=bus',
      statement_timeout: 5_000,
      connectionTimeoutMillis: 3_000,
      keepAlive: true,
    });
    // An idle connection that breaks is replaced by the pool; the next statement tells whether the database is there.
    this.pool.on('error', () => undefined);
  }

  get isConnected(): boolean {
    return this.connected;
  }

  async ensureStream(spec: StreamSpec): Promise<void> {
    await this.run(
      'bus.stream',
      `INSERT INTO streams (name, work_queue, max_age, duplicate_window)
       VALUES ($1, $2, nullif($3::float8, 0) * interval '1 millisecond', $4 * interval '1 millisecond')
       ON CONFLICT (name) DO UPDATE SET max_age = excluded.max_age, duplicate_window = excluded.duplicate_window`,
      [spec.name, spec.kind === 'work', spec.maxAgeMs, spec.duplicateWindowMs],
    );
  }

  /** Undefined when the stream is not there. */
  async append(stream: string, items: readonly ToAppend[]): Promise<Appended[] | undefined> {
    const rows = await this.run<{ stored_sequence: string; is_duplicate: boolean }>(
      'bus.append',
      'SELECT stored_sequence, is_duplicate FROM append($1, $2, $3, $4, $5)',
      [
        stream,
        items.map((item) => item.messageId),
        items.map((item) => item.message.subject),
        items.map((item) => JSON.stringify(item.message.headers)),
        items.map((item) => Buffer.from(item.message.payload)),
      ],
    );
    if (rows.length === 0) return undefined;
    return rows.map((row) => ({ stream, sequence: Number(row.stored_sequence), duplicate: row.is_duplicate }));
  }

  /** What was taken, or in how many milliseconds something gets due (undefined: nothing is held by anyone). */
  async fetch(spec: ConsumerSpec, max: number): Promise<{ taken: Taken[]; dueInMs?: number }> {
    const rows = await this.run<FetchRow>(
      'bus.fetch',
      `SELECT * FROM fetch_messages($1, $2, $3, $4, $5 * interval '1 millisecond', $6)`,
      [spec.stream, spec.durable, regexOf(spec), max, spec.ackWaitMs, spec.maxAckPending],
    );
    const [first] = rows;
    if (first?.taken_sequence === null) return { taken: [], dueInMs: first.due_in_ms ?? undefined };
    return { taken: rows.map(toTaken) };
  }

  async settle(items: readonly ToSettle[]): Promise<void> {
    await this.run('bus.settle', SETTLE, [
      items.map((item) => item.stream),
      items.map((item) => item.durable),
      items.map((item) => item.sequence),
      items.map((item) => item.attempt),
      items.map((item) => item.verb === 'done'),
      items.map((item) => item.delayMs),
    ]);
  }

  async lag(spec: ConsumerSpec): Promise<number> {
    const rows = await this.run<{ lag: string }>('bus.lag', LAG, [spec.stream, spec.durable, regexOf(spec)]);
    return Number(rows[0]?.lag ?? 0);
  }

  /** Undefined when the stream is not there. */
  async streamState(stream: string): Promise<StreamState | undefined> {
    const rows = await this.run<{ created: string; last_sequence: string }>(
      'bus.state',
      'SELECT created_at::text AS created, last_sequence FROM streams WHERE name = $1',
      [stream],
    );
    const [row] = rows;
    // Messages and cursors change in one transaction: no reader is ever ahead.
    return row && { name: stream, created: row.created, lastSequence: Number(row.last_sequence), readUpTo: 0 };
  }

  async prune(): Promise<void> {
    for (const [index, sql] of PRUNE.entries()) await this.run(`bus.prune.${index}`, sql, []);
  }

  async close(): Promise<void> {
    this.connected = false;
    await this.pool.end();
  }

  private async run<Row extends pg.QueryResultRow>(name: string, text: string, values: unknown[]): Promise<Row[]> {
    try {
      const { rows } = await this.pool.query<Row>({ name, text, values });
      if (!this.connected) {
        this.connected = true;
        this.onConnected();
      }
      return rows;
    } catch (error) {
      throw this.translate(error);
    }
  }

  private translate(error: unknown): AppError {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'CC404')
      return unavailable('The stream is not there (yet): the service that owns it makes it.', error);
    // Five characters are an answer of the database; of these some mean that it lets nobody in: connection, login, no such
    // database, no room, shutting down. Everything else is the network.
    if (!/^[0-9A-Z]{5}$/.test(code) || /^(08|28|3D|53|57P)/.test(code)) this.connected = false;
    if (code === '42P01' || code === '3F000' || code === '42883') {
      return unavailable(
        'The schema of the local bus is not there: run the migrations (careercopilot migrate).',
        error,
      );
    }
    return unavailable('The local message bus (PostgreSQL) does not answer right now.', error);
  }
}

const regexOf = (spec: ConsumerSpec): string => subjectRegex(spec.filterSubject);

const toTaken = (row: FetchRow): Taken => ({
  sequence: Number(row.taken_sequence),
  attempt: row.taken_attempt,
  messageId: row.taken_id,
  message: {
    subject: row.taken_subject,
    payload: row.taken_payload,
    headers: JSON.parse(row.taken_headers) as Record<string, string>,
  },
});
