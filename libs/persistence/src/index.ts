export * from './connection/postgres-database.js';
export { insideTransaction, PostgresUnitOfWork } from './connection/postgres-unit-of-work.js';
export type { Reporting } from './connection/statements.js';
export * from './daily-caps/index.js';
export {
  DatabaseQueryError,
  isForeignKeyViolation,
  isTransactionConflict,
  isUniqueViolation,
  toDatabaseError,
} from './database-error.js';
export * from './persistence.module.js';
export {
  type DescribedTables,
  type MigrationClass,
  roleNameOf,
  schemaNameOf,
  type SchemaOwner,
  type SealedColumn,
  type ServiceSchema,
  urlForRole,
} from './service-schema.js';
export { reseal, resealAndTell, type ResealReport, type SealedUnder } from './sealed/reseal.js';
export * from './settings.js';
export type { KeptTable, Retention, Sweep, Until } from './retention/retention.js';
export { retentionDocument } from './retention/retention-document.js';
export { oldRows, sweep, SWEPT_AT_ONCE } from './retention/sweep.js';
export { DELETED, type Erasure, type OwnedFiles, type UserData, type UserTable } from './user-tables.js';
export { afterCommit, Database, type Queryable, type ReadOptions, Tx, UnitOfWork } from './unit-of-work.js';
export { leadershipProviders } from './leadership/leadership.providers.js';
export { PgLeadership, type PgLeadershipOptions } from './leadership/pg-leadership.js';
export { withAdmin } from './migrate/admin-connection.js';
export { schemaDrift } from './migrate/drift.js';
export { type AppliedMigration, migrate, type MigrateOptions, type MigrationReport } from './migrate/migrate.js';
export { type MigrationStatus, pendingMigrations } from './migrate/status.js';
export { roleWallBreaches } from './migrate/walls.js';
export { closeDatabase, grantOwnSchema } from './migrate/roles.js';
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './embedded/embedded-postgres.js';
export { DataDirectoryInUse } from './embedded/orphan.js';
