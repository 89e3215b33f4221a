import { Injectable } from '@nestjs/common';
import type { Tx } from '#persistence';

/** Failure times per keyed hash. Callers lock keys in one order, so two sign-ins never wait for each other in a ring. */
@Injectable()
export class ThrottleRepository {
  /** Times of failures (epoch ms) of every key, the rows locked until the transaction ends. */
  async lock(tx: Tx, keys: readonly Buffer[], now: Date): Promise<Map<string, number[]>> {
    // DO UPDATE rather than DO NOTHING: only a row that was touched is locked and returned.
    const rows = await tx.query<{ key: Buffer; failures: Date[] }>(
      'throttle.lock',
      `INSERT INTO sign_in_throttle (key, failures, updated_at)
       SELECT key, '{}', $2 FROM unnest($1::bytea[]) WITH ORDINALITY AS given (key, place) ORDER BY place
       ON CONFLICT (key) DO UPDATE SET updated_at = excluded.updated_at
       RETURNING key, failures`,
      [keys, now],
    );
    return new Map(rows.map(({ key, failures }) => [key.toString('hex'), failures.map((at) => at.getTime())]));
  }

  /** Notes a failure at every key, dropping those from before `since`. */
  async note(tx: Tx, keys: readonly Buffer[], failure: Date, since: Date): Promise<void> {
    await tx.query(
      'throttle.note',
      `UPDATE sign_in_throttle
       SET failures = ARRAY(SELECT at FROM unnest(failures) AS at WHERE at > $3) || $2::timestamptz
       WHERE key = ANY ($1::bytea[])`,
      [keys, failure, since],
    );
  }

  async clear(tx: Tx, key: Buffer): Promise<void> {
    await tx.query('throttle.clear', 'DELETE FROM sign_in_throttle WHERE key = $1', [key]);
  }

  /** Takes back one noted failure. */
  async remove(tx: Tx, key: Buffer, failure: Date): Promise<void> {
    // One element only: two tries of one address may fall into the same millisecond.
    await tx.query(
      'throttle.remove',
      `UPDATE sign_in_throttle SET failures =
         failures[:array_position(failures, $2::timestamptz) - 1] || failures[array_position(failures, $2::timestamptz) + 1:]
       WHERE key = $1 AND $2::timestamptz = ANY (failures)`,
      [key, failure],
    );
  }
}
