import type { Queryable, Tx } from '#persistence';

/** What this service knows the bus to have: per stream the incarnation and the highest confirmed position. */
export interface LedgerRow {
  stream: string;
  created: string;
  maxAckedSequence: number;
  generation: number;
}

interface Stored {
  stream: string;
  created: string;
  // bigint arrives as text
  max_acked_sequence: string;
  generation: number;
}

const toRow = (row: Stored): LedgerRow => ({
  stream: row.stream,
  created: row.created,
  maxAckedSequence: Number(row.max_acked_sequence),
  generation: row.generation,
});

export const ledgerRepository = {
  async all(database: Queryable): Promise<LedgerRow[]> {
    return (await database.query<Stored>('ledger.all', `SELECT * FROM relay_ledger ORDER BY stream`)).map(toRow);
  },

  async lock(tx: Tx, stream: string): Promise<LedgerRow | undefined> {
    const [row] = await tx.query<Stored>('ledger.lock', `SELECT * FROM relay_ledger WHERE stream = $1 FOR UPDATE`, [
      stream,
    ]);
    return row === undefined ? undefined : toRow(row);
  },

  /**
   * Raises the confirmed positions. Answers the streams whose generation is still the one the batch began with; in the
   * others a loss was found in between, and what was confirmed before it proves nothing.
   */
  async raise(tx: Tx, rows: readonly LedgerRow[]): Promise<Set<string>> {
    // In one order everywhere, so that two relays cannot lock each other out.
    const sorted = [...rows].sort((a, b) => (a.stream < b.stream ? -1 : 1));
    const raised = await tx.query<{ stream: string }>(
      'ledger.raise',
      `INSERT INTO relay_ledger AS l (stream, created, max_acked_sequence, generation)
       SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::int[])
       ON CONFLICT (stream) DO UPDATE
       SET max_acked_sequence = GREATEST(l.max_acked_sequence, EXCLUDED.max_acked_sequence)
       WHERE l.generation = EXCLUDED.generation
       RETURNING l.stream`,
      [
        sorted.map((row) => row.stream),
        sorted.map((row) => row.created),
        sorted.map((row) => row.maxAckedSequence),
        sorted.map((row) => row.generation),
      ],
    );
    return new Set(raised.map((row) => row.stream));
  },

  async reset(tx: Tx, { stream, created, maxAckedSequence, generation }: LedgerRow): Promise<void> {
    await tx.query(
      'ledger.reset',
      `UPDATE relay_ledger SET created = $2, max_acked_sequence = $3, generation = $4 WHERE stream = $1`,
      [stream, created, maxAckedSequence, generation],
    );
  },
};
