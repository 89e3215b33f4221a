import type { Provider, Type } from '@nestjs/common';
import { Database, type ServiceSchema, UnitOfWork } from '#persistence';
import { FileStore, Logger } from '#platform';
import { Outbox } from '../outbox/outbox.js';
import { ErasedUsers } from './erased-users.js';
import { withMessaging } from './messaging-tables.js';
import { UserDataEraser } from './user-data-eraser.js';
import { UserDataExporter } from './user-data-exporter.js';
import { UserDataHooks } from './user-data-hooks.js';
import { UserDataHousekeeping } from './user-data-housekeeping.js';
import { userDataController } from './user-data.controller.js';

/** Export and erasure of one service, from what its schema declares; goes into the lists of its module. */
export function userDataFeature(schema: ServiceSchema): { controllers: Type<unknown>[]; providers: Provider[] } {
  const { service, userData: own } = schema;
  if (service === 'bus' || own === undefined) throw new Error(`the schema of ${service} declares no userData`);
  const userData = withMessaging(own);
  // Only the apps that keep files have a store, and a declaration of files without one would be a promise not kept.
  const storeOf = (files: FileStore | undefined): FileStore | undefined => {
    const table = userData.tables.find((one) => (one.files ?? []).length > 0)?.table;
    if (files === undefined && table !== undefined)
      throw new Error(`${service} has no store for the files of ${table}`);
    return files;
  };
  return {
    controllers: [userDataController(service)],
    providers: [
      {
        provide: ErasedUsers,
        useFactory: (database: Database, unitOfWork: UnitOfWork) => new ErasedUsers(database, unitOfWork),
        inject: [Database, UnitOfWork],
      },
      {
        provide: UserDataEraser,
        useFactory: (
          database: Database,
          unitOfWork: UnitOfWork,
          outbox: Outbox,
          erased: ErasedUsers,
          logger: Logger,
          hooks?: UserDataHooks,
          files?: FileStore,
        ) => {
          const common = { service, userData, database, unitOfWork, outbox, files: storeOf(files), erased, hooks };
          return new UserDataEraser({ ...common, logger: logger.for('user-data') });
        },
        inject: [
          Database,
          UnitOfWork,
          Outbox,
          ErasedUsers,
          Logger,
          { token: UserDataHooks, optional: true },
          { token: FileStore, optional: true },
        ],
      },
      {
        provide: UserDataExporter,
        useFactory: (database: Database, unitOfWork: UnitOfWork, outbox: Outbox, files?: FileStore) =>
          new UserDataExporter({ service, userData, database, unitOfWork, outbox, files: storeOf(files) }),
        inject: [Database, UnitOfWork, Outbox, { token: FileStore, optional: true }],
      },
      {
        provide: UserDataHousekeeping,
        useFactory: (erased: ErasedUsers, eraser: UserDataEraser, logger: Logger) =>
          new UserDataHousekeeping(erased, eraser, logger.for('user-data')),
        inject: [ErasedUsers, UserDataEraser, Logger],
      },
    ],
  };
}
