import { type DynamicModule, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PostgresDatabase } from './connection/postgres-database.js';
import { PostgresUnitOfWork } from './connection/postgres-unit-of-work.js';
import type { SchemaOwner, ServiceSchema } from './service-schema.js';
import type { DatabaseSettings } from './settings.js';
import { Database, UnitOfWork } from './unit-of-work.js';

/** Names the database of one service, for modules beside it (messaging) that serve several in one process. */
export const databaseToken = (owner: SchemaOwner): string => `persistence:database:${owner}`;
export const unitOfWorkToken = (owner: SchemaOwner): string => `persistence:unit-of-work:${owner}`;

@Module({})
class PersistenceConnections {}

/**
 * `Database`, `UnitOfWork` and `DataSource` of one service. They are visible only to the module that imports this one,
 * so services composed in one process keep their own; the tokens above are visible everywhere.
 */
@Module({})
export class PersistenceModule {
  static forService(schema: ServiceSchema, settings: DatabaseSettings): DynamicModule {
    const database = databaseToken(schema.service);
    const unitOfWork = unitOfWorkToken(schema.service);
    const connections: DynamicModule = {
      module: PersistenceConnections,
      global: true,
      providers: [
        { provide: database, useFactory: () => PostgresDatabase.open(schema, settings) },
        {
          provide: unitOfWork,
          useFactory: (opened: PostgresDatabase) => new PostgresUnitOfWork(opened.dataSource),
          inject: [database],
        },
      ],
      exports: [database, unitOfWork],
    };
    return {
      module: PersistenceModule,
      imports: [connections],
      providers: [
        { provide: Database, useExisting: database },
        { provide: UnitOfWork, useExisting: unitOfWork },
        { provide: DataSource, useFactory: (opened: Database) => opened.dataSource, inject: [Database] },
      ],
      exports: [Database, UnitOfWork, DataSource],
    };
  }
}
