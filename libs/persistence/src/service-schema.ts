import { SCHEMA_OF, type ServiceName } from '#contracts';
import type { EntitySchema, MigrationInterface } from 'typeorm';
import type { UserData } from './user-tables.js';

/** Who owns a schema: a service, or the local bus adapter. */
export type SchemaOwner = ServiceName | 'bus';

type EntityClass = abstract new (...args: never[]) => object;
export type MigrationClass = new () => MigrationInterface;

/**
 * Table → column → type as `format_type` writes it, with ` NOT NULL` and ` GENERATED` where that holds:
 * `{ note: { id: 'uuid NOT NULL', words: 'text[]' } }`.
 */
export type DescribedTables = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A column of values of the field cipher. */
export interface SealedColumn {
  readonly table: string;
  readonly column: string;
  /** Column of the id each value is bound to, which is the primary key. Without one the values cannot be sealed anew. */
  readonly owner?: string;
  /** What the values are bound to instead of `<schema>.<table>`. */
  readonly boundTo?: string;
  /** Values end by themselves within so long, so an old key is needed that long and no longer. */
  readonly goneWithin?: string;
}

/** What a service keeps in PostgreSQL. */
export interface ServiceSchema {
  readonly service: SchemaOwner;
  readonly entities: readonly (EntityClass | EntitySchema)[];
  /** Tables that hand-written SQL reads and writes, where no entity describes them. */
  readonly tables?: DescribedTables;
  /** In any order: the 13-digit timestamp at the end of the class name decides. */
  readonly migrations: readonly MigrationClass[];
  /** Tables in which the role of the service may insert and read, and nothing else. */
  readonly appendOnly?: readonly string[];
  /** Every column with sealed values: an old field key can be taken away when none of them needs it. */
  readonly sealed?: readonly SealedColumn[];
  /** Every service has it; the log of the local bus, which keeps what services say, does not. */
  readonly userData?: UserData;
}

export const schemaNameOf = (owner: SchemaOwner): string => (owner === 'bus' ? 'bus' : SCHEMA_OF[owner]);

/** Login role of a service. The prefix keeps it apart from other people's roles in the same cluster. */
export const roleNameOf = (owner: SchemaOwner): string => `cc_${schemaNameOf(owner)}`;

/** Rows of each schema that tell which migrations have run. */
export const MIGRATIONS_TABLE = 'migrations';

/** With its schema: `public` may hold somebody else's table of that name. */
export const migrationsTableOf = (owner: SchemaOwner): string => `${schemaNameOf(owner)}.${MIGRATIONS_TABLE}`;

/** The same address with the login of a service's role. */
export function urlForRole(adminUrl: string, owner: SchemaOwner, password: string): string {
  const url = new URL(adminUrl);
  url.username = roleNameOf(owner);
  url.password = encodeURIComponent(password);
  return url.href;
}
