import pg from 'pg';
import { DataSource } from 'typeorm';
import { QuietLogger } from '../connection/quiet-logger.js';
import { MIGRATIONS_TABLE, schemaNameOf, type ServiceSchema } from '../service-schema.js';
import { LOCK_TIMEOUT_MS } from './admin-connection.js';

/** The admin's DataSource on one service's schema: raw DDL lands there through the search path. */
export async function withSchemaSource<T>(
  adminUrl: string,
  schema: ServiceSchema,
  use: (source: DataSource) => Promise<T>,
): Promise<T> {
  const name = schemaNameOf(schema.service);
  const source = new DataSource({
    type: 'postgres',
    driver: pg,
    url: adminUrl,
    schema: name,
    applicationName: `career-copilot migrations ${schema.service}`,
    connectTimeoutMS: 3000,
    poolSize: 2,
    extra: { options: `-c search_path=${name},public`, lock_timeout: LOCK_TIMEOUT_MS },
    entities: [...schema.entities],
    migrations: [...schema.migrations],
    migrationsTableName: MIGRATIONS_TABLE,
    // Each in its own transaction: a retry after a lock timeout goes on where it stopped.
    migrationsTransactionMode: 'each',
    installExtensions: false,
    synchronize: false,
    logger: new QuietLogger(),
  });
  await source.initialize();
  try {
    return await use(source);
  } finally {
    await source.destroy();
  }
}
