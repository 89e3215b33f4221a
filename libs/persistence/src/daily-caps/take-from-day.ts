import { AppError } from '#kernel';
import type { Tx } from '../unit-of-work.js';
import { firstHourThatCounts, hourOf, waitMs } from './day-window.js';

export interface DailyCap {
  /** What is counted, e.g. `message`. */
  use: string;
  /** Whose it is: a person, a mailbox (as a keyed hash), or everybody together. */
  who: string;
  /** In any 24 hours; 0 takes the cap away. */
  limit: number;
  /** What is told when it is reached; ends without a full stop. */
  message: string;
}

/** As `who`: all that this installation does. */
export const EVERYBODY = '*';

interface Row {
  use: string;
  who: string;
  hour: Date;
  count: number;
}

/**
 * Counts one more for each cap, or throws `RATE_LIMITED` and with the transaction takes back whatever it did. Exact
 * over all replicas, but for two that meet on the stroke of an hour. Counters stay locked until the transaction ends, so
 * this is the last thing it does.
 */
export async function takeFromDay(tx: Tx, caps: readonly DailyCap[], at: Date): Promise<void> {
  const counted = caps.filter(({ limit }) => limit > 0);
  if (counted.length === 0) return;
  const now = at.getTime();
  const keys = [counted.map(({ use }) => use), counted.map(({ who }) => who)];
  const since = new Date(firstHourThatCounts(now));
  await tx.query(
    'daily-use.count',
    `INSERT INTO daily_use AS counted (use, who, hour, count)
     SELECT use, who, $3::timestamptz, 1 FROM unnest($1::text[], $2::text[]) AS given (use, who) ORDER BY use, who
     ON CONFLICT (use, who, hour) DO UPDATE SET count = counted.count + 1`,
    [...keys, new Date(hourOf(now))],
  );
  // A statement of its own: it sees what others committed while the one above waited for them.
  const rows = await tx.query<Row>(
    'daily-use.read',
    `SELECT use, who, hour, count FROM daily_use
     WHERE (use, who) IN (SELECT * FROM unnest($1::text[], $2::text[])) AND hour >= $3`,
    [...keys, since],
  );
  for (const cap of counted) {
    const own = rows.filter(({ use, who }) => use === cap.use && who === cap.who);
    const wait = waitMs(
      own.map(({ hour, count }) => ({ hour: hour.getTime(), count })),
      cap.limit,
      now,
    );
    if (wait > 0) throw capReached(cap, wait);
  }
}

const capReached = ({ message }: DailyCap, wait: number): AppError =>
  new AppError({
    code: 'RATE_LIMITED',
    kind: 'rate-limited',
    message: `${message}. Try again in ${Math.ceil(wait / 60_000)} minutes.`,
    retryAfterMs: wait,
  });
