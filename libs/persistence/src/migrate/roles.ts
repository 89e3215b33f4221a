import pg from 'pg';
import {
  migrationsTableOf,
  roleNameOf,
  schemaNameOf,
  type SchemaOwner,
  type ServiceSchema,
} from '../service-schema.js';
import { scramVerifier } from './scram.js';

const EXTENSIONS = ['pg_trgm', 'unaccent', 'citext', 'btree_gin'] as const;
const quote = pg.escapeIdentifier;

/** In `public`, which is on every search path. */
export async function createExtensions(admin: pg.Client): Promise<void> {
  for (const extension of EXTENSIONS) await admin.query(`CREATE EXTENSION IF NOT EXISTS ${extension} SCHEMA public`);
}

export async function createSchema(admin: pg.Client, owner: SchemaOwner): Promise<void> {
  await admin.query(`CREATE SCHEMA IF NOT EXISTS ${quote(schemaNameOf(owner))}`);
}

export async function createRole(admin: pg.Client, owner: SchemaOwner, password: string): Promise<void> {
  const role = roleNameOf(owner);
  const found = await admin.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  const verb = found.rowCount === 0 ? 'CREATE' : 'ALTER';
  await admin.query(`${verb} ROLE ${quote(role)} LOGIN PASSWORD ${pg.escapeLiteral(scramVerifier(password))}`);
}

/** PUBLIC may neither connect nor create: a role sees this database because it was let in. */
export async function closeDatabase(admin: pg.Client): Promise<void> {
  const database = quote(await databaseName(admin));
  await admin.query(`REVOKE CONNECT, TEMPORARY ON DATABASE ${database} FROM PUBLIC`);
  await admin.query('REVOKE CREATE ON SCHEMA public FROM PUBLIC');
}

/** Data of its own schema, no definitions; the list of migrations only to read, some tables only to append to. */
export async function grantOwnSchema(
  admin: pg.Client,
  { service: owner, appendOnly = [] }: Pick<ServiceSchema, 'service' | 'appendOnly'>,
): Promise<void> {
  const role = quote(roleNameOf(owner));
  const schema = quote(schemaNameOf(owner));
  const tables = 'SELECT, INSERT, UPDATE, DELETE';
  const sequences = 'USAGE, SELECT, UPDATE';
  await admin.query(`GRANT CONNECT ON DATABASE ${quote(await databaseName(admin))} TO ${role}`);
  await admin.query(`GRANT USAGE ON SCHEMA ${schema} TO ${role}`);
  await admin.query(`GRANT ${tables} ON ALL TABLES IN SCHEMA ${schema} TO ${role}`);
  await admin.query(`GRANT ${sequences} ON ALL SEQUENCES IN SCHEMA ${schema} TO ${role}`);
  await admin.query(`ALTER DEFAULT PRIVILEGES IN SCHEMA ${schema} GRANT ${tables} ON TABLES TO ${role}`);
  await admin.query(`ALTER DEFAULT PRIVILEGES IN SCHEMA ${schema} GRANT ${sequences} ON SEQUENCES TO ${role}`);
  const list = migrationsTableOf(owner);
  const exists = await admin.query<{ found: boolean }>('SELECT to_regclass($1) IS NOT NULL AS found', [list]);
  if (exists.rows[0]?.found === true) await admin.query(`REVOKE INSERT, UPDATE, DELETE ON ${list} FROM ${role}`);
  for (const table of appendOnly) {
    await admin.query(`REVOKE UPDATE, DELETE ON ${schema}.${quote(table)} FROM ${role}`);
  }
}

async function databaseName(admin: pg.Client): Promise<string> {
  const answer = await admin.query<{ name: string }>('SELECT current_database() AS name');
  const name = answer.rows[0]?.name;
  if (name === undefined) throw new Error('current_database() answered nothing');
  return name;
}
