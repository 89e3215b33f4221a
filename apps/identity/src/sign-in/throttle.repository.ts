import { Injectable } from '@nestjs/common';
import type { Tx } from '#persistence';

/** Failure times per keyed hash. Callers lock keys in one order, so two sign-ins never wait for each other in a ring. */
@Injectable()
export class ThrottleRepository {
  /** Times of failures (epoch ms), the row locked until the transaction ends. */
  async lock(tx: Tx, key: Buffer, now: Date): Promise<number[]> {
    // DO UPDATE rather than DO NOTHING: only a row that was touched is locked and returned.
    const rows = await tx.query<{ failures: Date[] }>(
      'throttle.lock',
      `INSERT INTO sign_in_throttle (key, failures, updated_at) VALUES ($1, '{}', $2)
       ON CONFLICT (key) DO UPDATE SET updated_at = excluded.updated_at
       RETURNING failures`,
      [key, now],
    );
    return (rows[0]?.failures ?? []).map((at) => at.getTime());
  }

  async store(tx: Tx, key: Buffer, failures: readonly number[]): Promise<void> {
    await tx.query('throttle.store', 'UPDATE sign_in_throttle SET failures = $2 WHERE key = $1', [
      key,
      failures.map((at) => new Date(at)),
    ]);
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

  /** A few rows that no longer say anything; every try sweeps a little, so the table stays as small as the traffic. */
  async sweep(tx: Tx, before: Date): Promise<void> {
    await tx.query(
      'throttle.sweep',
      `DELETE FROM sign_in_throttle WHERE key IN (
         SELECT key FROM sign_in_throttle WHERE updated_at < $1 ORDER BY updated_at LIMIT 10 FOR UPDATE SKIP LOCKED)`,
      [before],
    );
  }
}
