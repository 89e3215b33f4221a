import { type ErasedTable, type ServiceName, type Static, userDataOf } from '#contracts';
import { AppError, faultPoint } from '#kernel';
import type { Database, Tx, UnitOfWork, UserData } from '#persistence';
import type { FileStore, Logger } from '#platform';
import type { WorkContext } from '../consume/contexts.js';
import type { Outbox } from '../outbox/outbox.js';
import type { ErasedUsers } from './erased-users.js';
import type { UserDataHooks } from './user-data-hooks.js';
import { userRows } from './user-rows.repository.js';

export interface EraserParts {
  service: ServiceName;
  userData: UserData;
  database: Database;
  unitOfWork: UnitOfWork;
  outbox: Outbox;
  /** Undefined where no table declares files. */
  files: FileStore | undefined;
  erased: ErasedUsers;
  hooks: UserDataHooks | undefined;
  logger: Logger;
}

type Command = Static<ReturnType<typeof userDataOf>['erase']['data']>;

/** Erases a person in one service: mark, files, rows. Repeating it is harmless and finds what was written in between. */
export class UserDataEraser {
  constructor(private readonly parts: EraserParts) {}

  async erase({ user_id: userId, request_id: requestId }: Command, context: WorkContext): Promise<void> {
    const { service, outbox, erased } = this.parts;
    await erased.mark(userId, requestId);
    faultPoint('erasure.marked_before_files');
    await this.pass(userId, async (tx, tables, files) => {
      const sum = await erased.note(tx, userId, tables, files);
      faultPoint('erasure.rows_before_answer');
      await outbox.add(
        tx,
        userDataOf(service).erased,
        { request_id: requestId, user_id: userId, tables: sum.tables, files: sum.files },
        { subject: userId, requestId: context.requestId },
      );
      await context.done(tx);
    });
  }

  /** What a request that was under way wrote after the erasure. The certificate is written by then: the log says it. */
  async eraseLate(userId: string): Promise<void> {
    await this.pass(userId, async (tx, tables, files) => {
      const rows = tables.filter(({ how }) => how !== 'kept').reduce((sum, table) => sum + table.rows, 0);
      if (rows + files === 0) return;
      this.parts.logger.warn('rows of an erased person were written late and are erased too', { rows, files });
      await this.parts.erased.note(tx, userId, tables, files);
    });
  }

  /** Files before rows: a row without its file is found and tried again, a file without its row is found by nobody. */
  private async pass(
    userId: string,
    finish: (tx: Tx, tables: ErasedTable[], files: number) => Promise<void>,
  ): Promise<void> {
    const { database, unitOfWork, userData, hooks } = this.parts;
    const deleted = new Set<string>();
    for (const table of userData.tables) {
      for (const { area, id } of await userRows.files(database, table, userId)) {
        await this.store.delete(area, id);
        deleted.add(`${area} ${id}`);
      }
    }
    faultPoint('erasure.files_before_rows');
    await unitOfWork.run(async (tx) => {
      const tables: ErasedTable[] = [];
      await hooks?.beforeErasure(tx, userId);
      for (const table of userData.tables) {
        const owned = await userRows.files(tx, table, userId);
        if (owned.some(({ area, id }) => !deleted.has(`${area} ${id}`))) throw fileCameLate();
        tables.push(await userRows.erase(tx, table, userId));
      }
      await finish(tx, tables, deleted.size);
    });
    hooks?.afterErasure(userId);
  }

  private get store(): FileStore {
    if (this.parts.files === undefined) throw new Error(`${this.parts.service} has no store for files`);
    return this.parts.files;
  }
}

const fileCameLate = (): AppError =>
  new AppError({
    code: 'SERVICE_UNAVAILABLE',
    kind: 'unavailable',
    message: 'A file was added while the person was erased; it is tried again.',
  });
