import { faultPoint } from '#kernel';
import { type FieldCipher, FieldCipherError, type Logger } from '#platform';
import { schemaNameOf, type SealedColumn, type ServiceSchema } from '../service-schema.js';
import type { Queryable } from '../unit-of-work.js';

const AT_ONCE = 500;

/** Values of one column under one key, after the work. */
export interface SealedUnder {
  /** With its schema. */
  column: string;
  keyId: string;
  values: number;
  /** Values of this column are gone by themselves within so long, and are not sealed anew. */
  goneWithin?: string;
}
export interface ResealReport {
  renewed: number;
  /** Whose key is not among ours, or that were moved. */
  unreadable: number;
  under: SealedUnder[];
}

interface Sealed {
  owner: string;
  value: string;
}

/**
 * Seals what an older key sealed with the newest one. One value is one statement that changes it only if it is still what
 * was read: it can end anywhere, run twice at once and beside services that write, and done again it goes on.
 */
export async function reseal(
  db: Queryable,
  cipher: FieldCipher,
  { service, sealed = [] }: Pick<ServiceSchema, 'service' | 'sealed'>,
): Promise<ResealReport> {
  const report: ResealReport = { renewed: 0, unreadable: 0, under: [] };
  for (const column of sealed) {
    const table = `${schemaNameOf(service)}.${column.table}`;
    if (column.owner !== undefined) await resealColumn(db, cipher, { ...column, owner: column.owner, table }, report);
    const rows = await db.query<{ keyId: string; values: number }>(
      'reseal.count',
      `SELECT split_part(${column.column}, '.', 2) AS "keyId", count(*)::int AS values
       FROM ${table} WHERE ${column.column} IS NOT NULL GROUP BY 1 ORDER BY 1`,
    );
    const { goneWithin } = column;
    report.under.push(...rows.map((row) => ({ column: `${table}.${column.column}`, ...row, goneWithin })));
  }
  return report;
}

/** As a service does it by the clock: what came of it goes into its log. */
export async function resealAndTell(
  db: Queryable,
  cipher: FieldCipher,
  schema: Pick<ServiceSchema, 'service' | 'sealed'>,
  logger: Logger,
): Promise<void> {
  const { renewed, unreadable } = await reseal(db, cipher, schema);
  if (renewed > 0) logger.info('values were sealed with the newest field key', { renewed });
  if (unreadable > 0) logger.error('sealed values cannot be opened: check FIELD_KEYS', undefined, { unreadable });
}

async function resealColumn(
  db: Queryable,
  cipher: FieldCipher,
  { table, column, owner, boundTo = table }: SealedColumn & { owner: string },
  report: ResealReport,
): Promise<void> {
  for (let after: string | undefined; ;) {
    const page: Sealed[] = await db.query<Sealed>(
      'reseal.page',
      `SELECT ${owner}::text AS owner, ${column} AS value FROM ${table}
       WHERE NOT starts_with(${column}, $1) ${after === undefined ? '' : `AND ${owner} > $2`}
       ORDER BY ${table}.${owner} LIMIT ${AT_ONCE}`,
      after === undefined ? [cipher.prefix] : [cipher.prefix, after],
    );
    for (const { owner: id, value } of page) {
      const renewed = renew(cipher, value, { table: boundTo, column, owner: id });
      if (renewed === undefined) {
        report.unreadable += 1;
        continue;
      }
      const changed = await db.query(
        'reseal.one',
        `UPDATE ${table} SET ${column} = $1 WHERE ${owner} = $2 AND ${column} = $3 RETURNING 1 AS one`,
        [renewed, id, value],
      );
      report.renewed += changed.length;
      faultPoint('reseal.one_before_next');
    }
    const last = page.at(-1);
    if (last === undefined || page.length < AT_ONCE) return;
    after = last.owner;
  }
}

/** Undefined for one that cannot be opened: it must not keep the others under the old key. */
function renew(cipher: FieldCipher, value: string, place: Parameters<FieldCipher['decrypt']>[1]): string | undefined {
  try {
    return cipher.encrypt(cipher.decrypt(value, place), place);
  } catch (error) {
    if (error instanceof FieldCipherError) return undefined;
    throw error;
  }
}
