import { migrationsTableOf, type SchemaOwner, type ServiceSchema } from '../service-schema.js';
import type { Queryable } from '../unit-of-work.js';

export interface MigrationStatus {
  service: SchemaOwner;
  /** Known to the code, not run in the database: run `migrate`. */
  pending: string[];
  /** Run in the database, unknown to the code: the database belongs to a newer release. */
  unknown: string[];
}

/** Compares the code with the database; needs only the service's own role. For the startup probe and the doctor. */
export async function pendingMigrations(database: Queryable, schema: ServiceSchema): Promise<MigrationStatus> {
  const table = migrationsTableOf(schema.service);
  const [row] = await database.query<{ found: boolean }>(
    'migrations.exists',
    'SELECT to_regclass($1) IS NOT NULL AS found',
    [table],
  );
  const rows =
    row?.found === true ? await database.query<{ name: string }>('migrations.list', `SELECT name FROM ${table}`) : [];
  const done = new Set(rows.map(({ name }) => name));
  const known = schema.migrations.map((migration) => new migration().name ?? migration.name);
  return {
    service: schema.service,
    pending: known.filter((name) => !done.has(name)),
    unknown: [...done].filter((name) => !known.includes(name)),
  };
}
