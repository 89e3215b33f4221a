import type { Tx, UnitOfWork } from '../unit-of-work.js';
import type { Sweep } from './retention.js';

/** Small, so that no lock is held long and replicas and vacuum keep up. */
export const SWEPT_AT_ONCE = 2000;

/**
 * Removes what is old at `now`, chunk by chunk, and answers how many rows that were. Any number of replicas may do it at
 * once: they pass over what another one has in hand.
 */
export async function sweep(
  unitOfWork: UnitOfWork,
  table: string,
  rule: Sweep,
  now: Date,
  isStopped = (): boolean => false,
): Promise<number> {
  const before = new Date(now.getTime() - rule.keptMs);
  let total = 0;
  for (let removed = SWEPT_AT_ONCE; removed >= SWEPT_AT_ONCE && !isStopped(); total += removed) {
    removed = await unitOfWork.run((tx) => removeSome(tx, table, rule, before));
  }
  return total;
}

async function removeSome(tx: Tx, table: string, rule: Sweep, before: Date): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    `retention.${table}`,
    `WITH gone AS (DELETE FROM ${table} WHERE ctid = ANY (ARRAY(${oldRows(table, rule)})) RETURNING 1)
     SELECT count(*)::int AS count FROM gone`,
    [before],
  );
  return row?.count ?? 0;
}

/** Names and conditions are constants of the code. A row that was changed meanwhile is looked at next time. */
export const oldRows = (table: string, { since, where }: Sweep): string =>
  `SELECT ctid FROM ${table} WHERE ${since} < $1${where === undefined ? '' : ` AND ${where}`}
   LIMIT ${SWEPT_AT_ONCE} FOR UPDATE SKIP LOCKED`;
