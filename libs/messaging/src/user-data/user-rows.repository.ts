import type { ErasedTable } from '#contracts';
import type { Erasure, Queryable, Tx, UserTable } from '#persistence';

/** One file of a person in the file store. */
export interface OwnedFile {
  area: string;
  id: string;
  /** Undefined: not handed out. */
  exportedAs: string | undefined;
}

/**
 * The statements a declaration stands for. Names and conditions are constants of the code, never of a request; the one
 * value is the id of the person.
 */
export const userRows = {
  async files(db: Queryable, { table, mine, files = [] }: UserTable, userId: string): Promise<OwnedFile[]> {
    const found: OwnedFile[] = [];
    for (const { area, ids, exportedAs } of files) {
      const rows = await db.query<{ id: string }>(
        `user-data.files.${table}`,
        `SELECT f.id FROM ${table} AS t CROSS JOIN LATERAL unnest(${ids}) AS f(id) WHERE f.id IS NOT NULL AND (${mine})`,
        [userId],
      );
      found.push(...rows.map(({ id }) => ({ area, id, exportedAs })));
    }
    return found;
  },

  async erase(tx: Tx, { table, mine, erase }: UserTable, userId: string): Promise<ErasedTable> {
    const [row] = await tx.query<{ rows: number }>(`user-data.erase.${table}`, eraseStatement(table, mine, erase), [
      userId,
    ]);
    return { table, how: erase.how, rows: row?.rows ?? 0 };
  },
};

function eraseStatement(table: string, mine: string, erase: Erasure): string {
  if (erase.how === 'kept') return `SELECT count(*)::int AS rows FROM ${table} WHERE ${mine}`;
  if ('call' in erase) return `SELECT ${erase.call}($1) AS rows`;
  const change = erase.how === 'deleted' ? `DELETE FROM ${table}` : `UPDATE ${table} SET ${erase.set}`;
  return `WITH changed AS (${change} WHERE ${mine} RETURNING 1) SELECT count(*)::int AS rows FROM changed`;
}
