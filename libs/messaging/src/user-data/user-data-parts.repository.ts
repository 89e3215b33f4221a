import { PIECE_BYTES } from '#contracts';
import type { Queryable, Tx, UserTable } from '#persistence';
import type { OwnedFile } from './user-rows.repository.js';

/** One file of the export: written for it, or a file of the person that is handed out as it is. */
export interface PartEntry {
  name: string;
  bytes: number;
  file: Pick<OwnedFile, 'area' | 'id'> | null;
}

/** Where a part is kept and under which number its entry stands. */
interface Place {
  requestId: string;
  entry: number;
}

/** Cuts `bytes` of one row of `source` into rows of at most PIECE_BYTES. */
const cutInto = (source: string, place: string): string =>
  `INSERT INTO user_data_piece (request_id, entry, piece, bytes)
   SELECT ${place}, n, substring(bytes FROM n * ${PIECE_BYTES} + 1 FOR ${PIECE_BYTES})
   FROM ${source} CROSS JOIN generate_series(0, (octet_length(bytes) - 1) / ${PIECE_BYTES}) AS n`;

/**
 * The part of an export until it is fetched. In tables and not in files: it commits with the answer that announces it,
 * every replica can hand it out, and it is erased like any row.
 */
export const userDataParts = {
  /** Empties a part that is written anew; whoever writes the same one meanwhile waits for this transaction. */
  async open(tx: Tx, part: { request_id: string; user_id: string; expires_at: string }): Promise<void> {
    await tx.query(
      'user-data.open-part',
      `INSERT INTO user_data_part (request_id, user_id, entries, expires_at) VALUES ($1, $2, '[]', $3)
       ON CONFLICT (request_id) DO UPDATE SET entries = '[]', expires_at = excluded.expires_at`,
      [part.request_id, part.user_id, part.expires_at],
    );
    await tx.query('user-data.empty-part', 'DELETE FROM user_data_piece WHERE request_id = $1', [part.request_id]);
  },

  async addText(tx: Tx, { requestId, entry }: Place, text: string): Promise<number> {
    const [row] = await tx.query<{ bytes: number }>(
      'user-data.add-text',
      `WITH part AS MATERIALIZED (SELECT convert_to($3::text, 'UTF8') AS bytes),
            stored AS (${cutInto('part', '$1::uuid, $2::int')})
       SELECT octet_length(bytes) AS bytes FROM part`,
      [requestId, entry, text],
    );
    return row?.bytes ?? 0;
  },

  /** The rows of one table as one JSON array; they never leave the database. */
  async addTable(
    tx: Tx,
    { requestId, entry }: Place,
    { table, mine, leftOut, emptied }: UserTable,
    userId: string,
  ): Promise<{ records: number; bytes: number }> {
    const empty = JSON.stringify(Object.fromEntries((emptied?.columns ?? []).map((column) => [column, null])));
    const [row] = await tx.query<{ records: number; bytes: number }>(
      `user-data.add.${table}`,
      `WITH part AS MATERIALIZED (
         SELECT count(*)::int AS records,
                convert_to(coalesce(json_agg(
                  (to_jsonb(t) - $2::text[]) || CASE WHEN ${emptied?.where ?? 'false'} THEN $5::jsonb ELSE '{}' END
                ), '[]')::text, 'UTF8') AS bytes
         FROM ${table} AS t WHERE ${mine}),
            stored AS (${cutInto('part', '$3::uuid, $4::int')})
       SELECT records, octet_length(bytes) AS bytes FROM part`,
      [userId, Object.keys(leftOut ?? {}), requestId, entry, empty],
    );
    return row ?? { records: 0, bytes: 0 };
  },

  async close(tx: Tx, requestId: string, entries: readonly PartEntry[]): Promise<void> {
    await tx.query('user-data.close-part', 'UPDATE user_data_part SET entries = $2 WHERE request_id = $1', [
      requestId,
      JSON.stringify(entries),
    ]);
  },

  async entries(db: Queryable, requestId: string): Promise<PartEntry[] | undefined> {
    const [part] = await db.query<{ entries: PartEntry[] }>(
      'user-data.part',
      'SELECT entries FROM user_data_part WHERE request_id = $1 AND expires_at > now()',
      [requestId],
    );
    return part?.entries;
  },

  /** From `offset` to the end of the piece it lies in; empty past the end. */
  async read(db: Queryable, { requestId, entry }: Place, offset: number): Promise<Buffer> {
    const [row] = await db.query<{ bytes: Buffer }>(
      'user-data.piece',
      `SELECT substring(bytes FROM $4::int) AS bytes FROM user_data_piece
       WHERE request_id = $1 AND entry = $2 AND piece = $3`,
      [requestId, entry, Math.floor(offset / PIECE_BYTES), (offset % PIECE_BYTES) + 1],
    );
    return row?.bytes ?? Buffer.alloc(0);
  },
};
