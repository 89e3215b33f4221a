import type pg from 'pg';
import { migrationsTableOf, type SchemaOwner, schemaNameOf, type ServiceSchema } from '../service-schema.js';
import { patiently, withAdmin } from './admin-connection.js';
import { closeDatabase, createExtensions, createRole, createSchema, grantOwnSchema } from './roles.js';
import { withSchemaSource } from './schema-source.js';

/** Any number that is ours: the first 8 bytes of "careerco". */
const LOCK_KEY = '7161117073213055855';

export interface MigrateOptions {
  /** Login that may create schemas, extensions and roles and owns every object. */
  adminUrl: string;
  schemas: readonly ServiceSchema[];
  /** One password per schema; not needed with `singleRole`. */
  rolePasswords: Partial<Record<SchemaOwner, string>>;
  /**
   * For databases where roles cannot be created: every service uses the admin's login, nothing keeps one out of
   * another's schema. Only by explicit choice.
   */
  singleRole?: boolean;
  say?: (line: string) => void;
}

export interface AppliedMigration {
  service: SchemaOwner;
  migration: string;
}

export interface MigrationReport {
  applied: AppliedMigration[];
  warnings: string[];
}

/** Brings the database to what `schemas` say. Safe to repeat and to run twice at once: the second waits. */
export async function migrate(options: MigrateOptions): Promise<MigrationReport> {
  const say = options.say ?? (() => undefined);
  checkPasswords(options);
  return withAdmin(options.adminUrl, async (admin) => {
    await lock(admin, say);
    // The lock goes with the connection, however this ends.
    await prepare(admin, options, say);
    const report: MigrationReport = { applied: [], warnings: [] };
    for (const schema of options.schemas) {
      report.applied.push(...(await migrateSchema(options.adminUrl, schema, say)));
      if (options.singleRole !== true) {
        await patiently(`grants of ${schema.service}`, say, () => grantOwnSchema(admin, schema));
      }
    }
    if (options.singleRole === true) {
      report.warnings.push('One database role for all services: nothing keeps a service out of the others’ data.');
    }
    return report;
  });
}

async function prepare(admin: pg.Client, options: MigrateOptions, say: (line: string) => void): Promise<void> {
  await patiently('extensions', say, () => createExtensions(admin));
  for (const { service } of options.schemas) {
    await patiently(`schema ${schemaNameOf(service)}`, say, () => createSchema(admin, service));
    const password = options.rolePasswords[service];
    if (options.singleRole !== true && password !== undefined) {
      await patiently(`role of ${service}`, say, () => createRole(admin, service, password));
    }
  }
  if (options.singleRole !== true) await patiently('database rights', say, () => closeDatabase(admin));
}

async function migrateSchema(
  adminUrl: string,
  schema: ServiceSchema,
  say: (line: string) => void,
): Promise<AppliedMigration[]> {
  const table = migrationsTableOf(schema.service);
  const applied: AppliedMigration[] = [];
  await patiently(`migrations of ${schema.service}`, say, () =>
    withSchemaSource(adminUrl, schema, async (source) => {
      const before = new Set(await appliedNames(source, table));
      try {
        await source.runMigrations();
      } finally {
        const fresh = (await appliedNames(source, table)).filter((name) => !before.has(name));
        applied.push(...fresh.map((migration) => ({ service: schema.service, migration })));
      }
    }),
  );
  return applied;
}

async function appliedNames(source: { query: (sql: string) => Promise<unknown> }, table: string): Promise<string[]> {
  const found = (await source.query(`SELECT to_regclass('${table}')::text AS table`)) as { table: string | null }[];
  if (found[0]?.table == null) return [];
  const rows = (await source.query(`SELECT name FROM ${table} ORDER BY id`)) as { name: string }[];
  return rows.map((row) => row.name);
}

async function lock(admin: pg.Client, say: (line: string) => void): Promise<void> {
  const tried = await admin.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [LOCK_KEY]);
  if (tried.rows[0]?.locked === true) return;
  say('another migration is running; waiting for it');
  // lock_timeout would apply to the advisory lock too.
  await admin.query('SET lock_timeout = 0');
  await admin.query('SELECT pg_advisory_lock($1)', [LOCK_KEY]);
  await admin.query('RESET lock_timeout');
}

function checkPasswords({ schemas, rolePasswords, singleRole }: MigrateOptions): void {
  if (singleRole === true) return;
  const missing = schemas.map(({ service }) => service).filter((service) => rolePasswords[service] === undefined);
  if (missing.length > 0) throw new Error(`no database password given for: ${missing.join(', ')}`);
}
