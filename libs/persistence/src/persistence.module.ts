import { type DynamicModule, Module, type OnApplicationShutdown } from '@nestjs/common';
import { HealthRegistry, Logger, Metrics, ShutdownSequence } from '#platform';
import { DataSource } from 'typeorm';
import { PostgresDatabase } from './connection/postgres-database.js';
import { PostgresUnitOfWork } from './connection/postgres-unit-of-work.js';
import type { SchemaOwner, ServiceSchema } from './service-schema.js';
import type { DatabaseSettings } from './settings.js';
import { Database, UnitOfWork } from './unit-of-work.js';

/** Names the database of one service, for modules beside it (messaging) that serve several in one process. */
export const databaseToken = (owner: SchemaOwner): string => `persistence:database:${owner}`;
export const unitOfWorkToken = (owner: SchemaOwner): string => `persistence:unit-of-work:${owner}`;

/** Closes the pool after everything that may still write: in its phase, or with Nest where there are no phases. */
class DatabaseLifecycle implements OnApplicationShutdown {
  constructor(
    private readonly database: PostgresDatabase,
    service: SchemaOwner,
    private readonly shutdown: ShutdownSequence | undefined,
    health: HealthRegistry | undefined,
  ) {
    const name = `database:${service}`;
    shutdown?.add('close-database', name, () => database.close());
    health?.add(name, async () => {
      await database.query('health', 'SELECT 1');
    });
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.shutdown === undefined) await this.database.close();
  }
}

@Module({})
class PersistenceConnections {}

/**
 * `Database`, `UnitOfWork` and `DataSource` of one service. They are visible only to the module that imports this one,
 * so services composed in one process keep their own; the tokens above are visible everywhere.
 */
@Module({})
export class PersistenceModule {
  static forService(schema: ServiceSchema, settings: DatabaseSettings): DynamicModule {
    return {
      module: PersistenceModule,
      imports: [connectionsOf(schema, settings)],
      providers: [
        { provide: Database, useExisting: databaseToken(schema.service) },
        { provide: UnitOfWork, useExisting: unitOfWorkToken(schema.service) },
        { provide: DataSource, useFactory: (opened: Database) => opened.dataSource, inject: [Database] },
      ],
      exports: [Database, UnitOfWork, DataSource],
    };
  }
}

function connectionsOf(schema: ServiceSchema, settings: DatabaseSettings): DynamicModule {
  const { service } = schema;
  const database = databaseToken(service);
  const unitOfWork = unitOfWorkToken(service);
  // Optional: a test composes a service without the platform.
  const optional = <T>(token: T) => ({ token, optional: true });
  return {
    module: PersistenceConnections,
    global: true,
    providers: [
      {
        provide: database,
        useFactory: (logger?: Logger, metrics?: Metrics) =>
          PostgresDatabase.open(schema, settings, { logger: logger?.for('database'), metrics }),
        inject: [optional(Logger), optional(Metrics)],
      },
      {
        provide: unitOfWork,
        useFactory: (opened: PostgresDatabase, logger?: Logger) =>
          new PostgresUnitOfWork(opened.dataSource, logger?.for('database')),
        inject: [database, optional(Logger)],
      },
      {
        provide: DatabaseLifecycle,
        useFactory: (opened: PostgresDatabase, shutdown?: ShutdownSequence, health?: HealthRegistry) =>
          new DatabaseLifecycle(opened, service, shutdown, health),
        inject: [database, optional(ShutdownSequence), optional(HealthRegistry)],
      },
    ],
    exports: [database, unitOfWork],
  };
}
