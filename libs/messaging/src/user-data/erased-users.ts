import { setTimeout as sleep } from 'node:timers/promises';
import { type ErasedTable, PERSON_MEMBERS } from '#contracts';
import { AppError } from '#kernel';
import type { Database, Queryable, Tx, UnitOfWork } from '#persistence';

/** Handlers end within seconds; what does not is waited for at the next attempt. */
const LONGEST_WAIT_MS = 10_000;
const POLL_MS = 20;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The people a message is about. */
export function peopleIn(data: unknown): string[] {
  if (typeof data !== 'object' || data === null) return [];
  return PERSON_MEMBERS.map((member): unknown => Reflect.get(data, member)).filter(
    (value): value is string => typeof value === 'string' && UUID.test(value),
  );
}

export interface Erased {
  requestId: string;
  tables: ErasedTable[];
  files: number;
}

/**
 * Who was erased in this service. A message about him that comes late (a redelivery, a replayed stream, a slow reader)
 * has no effect any more: consumers look here in the transaction of the effect.
 */
export class ErasedUsers {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * From here on nothing about the person is written that starts later, and when this resolves everything that had
   * started before has ended: a handler that looked just before the mark cannot commit after the deletion.
   */
  async mark(userId: string, requestId: string): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      await tx.query(
        'erased.mark',
        'INSERT INTO erased_user (user_id, request_id) VALUES ($1, $2) ON CONFLICT (user_id) DO NOTHING',
        [userId, requestId],
      );
    });
    // As text: the driver's dates are a thousand times coarser.
    const [row] = await this.database.query<{ at: string }>('erased.now', 'SELECT clock_timestamp()::text AS at');
    for (let waitedMs = 0; waitedMs < LONGEST_WAIT_MS; waitedMs += POLL_MS) {
      if (!(await this.isAnyOpenSince(row?.at))) return;
      await sleep(POLL_MS);
    }
    throw new AppError({
      code: 'SERVICE_UNAVAILABLE',
      kind: 'unavailable',
      message: 'A transaction from before the erasure does not end; it is tried again.',
    });
  }

  /** Adds to what earlier passes erased; answers the sum. */
  async note(tx: Tx, userId: string, tables: readonly ErasedTable[], files: number): Promise<Erased> {
    const [before] = await tx.query<Erased>(
      'erased.lock',
      'SELECT request_id AS "requestId", tables, files FROM erased_user WHERE user_id = $1 FOR UPDATE',
      [userId],
    );
    if (before === undefined) throw new Error('a person is erased who was not marked before');
    const sum: Erased = {
      requestId: before.requestId,
      tables: added(before.tables, tables),
      files: before.files + files,
    };
    await tx.query('erased.note', 'UPDATE erased_user SET tables = $2, files = $3 WHERE user_id = $1', [
      userId,
      JSON.stringify(sum.tables),
      sum.files,
    ]);
    return sum;
  }

  /** Erased so lately that a request which was under way may still have written something. */
  async recent(withinMs: number): Promise<string[]> {
    const rows = await this.database.query<{ userId: string }>(
      'erased.recent',
      `SELECT user_id AS "userId" FROM erased_user WHERE erased_at > now() - $1 * interval '1 millisecond' LIMIT 1000`,
      [withinMs],
    );
    return rows.map((row) => row.userId);
  }

  async has(db: Queryable, userId: string): Promise<boolean> {
    const rows = await db.query('erased.has', 'SELECT 1 AS erased FROM erased_user WHERE user_id = $1', [userId]);
    return rows.length > 0;
  }

  private async isAnyOpenSince(at: string | undefined): Promise<boolean> {
    // Sessions of this service's role only; it sees no others, and nobody else writes here.
    const rows = await this.database.query(
      'erased.still-open',
      `SELECT 1 AS open FROM pg_stat_activity
       WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
         AND xact_start <= $1::timestamptz LIMIT 1`,
      [at],
    );
    return rows.length > 0;
  }
}

/** One line per table and what happened to its rows. A kept row is found each time, and is still the same row. */
function added(before: readonly ErasedTable[], now: readonly ErasedTable[]): ErasedTable[] {
  const sums = new Map<string, ErasedTable>();
  for (const one of [...before.filter(({ how }) => how !== 'kept'), ...now]) {
    const key = `${one.table} ${one.how}`;
    sums.set(key, { ...one, rows: one.rows + (sums.get(key)?.rows ?? 0) });
  }
  return [...sums.values()];
}
