import type pg from 'pg';
import { roleNameOf, schemaNameOf, type SchemaOwner } from '../service-schema.js';

/**
 * Every right of a service's role outside its own schema, and every right to define things, as the catalogues tell it:
 * `cc_jobs: SELECT on identity.users`. Empty is the promise.
 */
export async function roleWallBreaches(admin: pg.ClientBase, owners: readonly SchemaOwner[]): Promise<string[]> {
  const roles = owners.map((owner) => roleNameOf(owner));
  const schemas = owners.map((owner) => schemaNameOf(owner));
  const found: string[] = [];
  for (const sql of [SCHEMA_RIGHTS, TABLE_RIGHTS, ROLE_RIGHTS]) {
    const { rows } = await admin.query<{ role: string; what: string }>(sql, [roles, schemas]);
    found.push(...rows.map(({ role, what }) => `${role}: ${what}`));
  }
  return found.sort();
}

const OWNERS = `unnest($1::text[], $2::text[]) AS o(role, own)`;

const SCHEMA_RIGHTS = `
  SELECT o.role, p.privilege || ' on schema ' || n.nspname AS what
  FROM ${OWNERS}
  CROSS JOIN pg_namespace n
  CROSS JOIN (VALUES ('USAGE'), ('CREATE')) AS p(privilege)
  WHERE (n.nspname = ANY ($2::text[]) OR n.nspname = 'public')
    AND has_schema_privilege(o.role, n.oid, p.privilege)
    AND NOT (p.privilege = 'USAGE' AND n.nspname IN (o.own, 'public'))`;

const TABLE_RIGHTS = `
  SELECT o.role, p.privilege || ' on ' || n.nspname || '.' || c.relname AS what
  FROM ${OWNERS}
  CROSS JOIN pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  CROSS JOIN (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE'), ('TRUNCATE'), ('REFERENCES'), ('TRIGGER'))
    AS p(privilege)
  WHERE n.nspname = ANY ($2::text[]) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    AND has_table_privilege(o.role, c.oid, p.privilege)
    AND (n.nspname <> o.own OR p.privilege IN ('TRUNCATE', 'REFERENCES', 'TRIGGER'))`;

const ROLE_RIGHTS = `
  SELECT o.role, w.what
  FROM ${OWNERS}
  JOIN pg_roles r ON r.rolname = o.role
  CROSS JOIN LATERAL (
    SELECT 'is superuser' AS what WHERE r.rolsuper
    UNION ALL SELECT 'may create roles' WHERE r.rolcreaterole
    UNION ALL SELECT 'may create databases' WHERE r.rolcreatedb
    UNION ALL SELECT 'may bypass row security' WHERE r.rolbypassrls
    UNION ALL SELECT 'may replicate' WHERE r.rolreplication
    UNION ALL SELECT 'may create in the database'
      WHERE has_database_privilege(o.role, current_database(), 'CREATE')
    UNION ALL SELECT 'is a member of ' || g.rolname
      FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid
  ) AS w`;
