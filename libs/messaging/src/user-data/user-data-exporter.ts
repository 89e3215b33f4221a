import { PIECE_BYTES, type ServiceName, type Static, userDataOf } from '#contracts';
import { AppError, faultPoint } from '#kernel';
import type { Database, Tx, UnitOfWork, UserData, UserTable } from '#persistence';
import type { FileStore } from '#platform';
import type { WorkContext } from '../consume/contexts.js';
import type { Outbox } from '../outbox/outbox.js';
import { type PartEntry, userDataParts } from './user-data-parts.repository.js';
import { type OwnedFile, userRows } from './user-rows.repository.js';

export interface ExporterParts {
  service: ServiceName;
  userData: UserData;
  database: Database;
  unitOfWork: UnitOfWork;
  outbox: Outbox;
  /** Undefined where no table declares files. */
  files: FileStore | undefined;
}

type Command = Static<ReturnType<typeof userDataOf>['export']['data']>;
type Question = Static<ReturnType<typeof userDataOf>['readPart']['request']>;
type Answer = Static<ReturnType<typeof userDataOf>['readPart']['response']>;

/** Writes down what one service holds on a person: a JSON file per table, and his files as they are. */
export class UserDataExporter {
  constructor(private readonly parts: ExporterParts) {}

  async write(command: Command, context: WorkContext): Promise<void> {
    const { service, unitOfWork, outbox } = this.parts;
    const { request_id, user_id } = command;
    const owned = await this.ownFiles(user_id);
    await unitOfWork.run(async (tx) => {
      await userDataParts.open(tx, command);
      const { entries, records } = await this.writeTables(tx, command, context.signal);
      entries.push(...owned);
      await userDataParts.close(tx, request_id, entries);
      const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
      faultPoint('export.part_before_answer');
      await outbox.add(
        tx,
        userDataOf(service).exported,
        { request_id, user_id, records, files: owned.length, bytes },
        { subject: user_id, requestId: context.requestId },
      );
      await context.done(tx);
    });
  }

  /** The piece of an entry that starts at `offset`; null past the last entry. */
  async read({ request_id: requestId, entry: index, offset }: Question): Promise<Answer> {
    const { database } = this.parts;
    const entries = await userDataParts.entries(database, requestId);
    if (entries === undefined) throw partIsGone();
    const entry = entries[index];
    if (entry === undefined) return { piece: null };
    const { name, bytes: size, file } = entry;
    const bytes =
      file === null
        ? await userDataParts.read(database, { requestId, entry: index }, offset)
        : await this.store.readPiece(file.area, file.id, offset, PIECE_BYTES);
    return { piece: { entries: entries.length, name, size, bytes: bytes.toString('base64') } };
  }

  /** Numbered from 0 in the order of `entries`, which is also how they are stored. */
  private async writeTables(
    tx: Tx,
    { request_id: requestId, user_id: userId }: Command,
    signal: AbortSignal,
  ): Promise<{ entries: PartEntry[]; records: number }> {
    const { service, userData } = this.parts;
    const aboutText = JSON.stringify(about(userData), null, 2);
    const aboutBytes = await userDataParts.addText(tx, { requestId, entry: 0 }, aboutText);
    const entries: PartEntry[] = [{ name: `${service}/about.json`, bytes: aboutBytes, file: null }];
    let records = 0;
    for (const table of userData.tables.filter(({ notExported }) => notExported === undefined)) {
      signal.throwIfAborted();
      const written = await userDataParts.addTable(tx, { requestId, entry: entries.length }, table, userId);
      records += written.records;
      const name = `${service}/${table.table}${ordinal(table, userData)}.json`;
      entries.push({ name, bytes: written.bytes, file: null });
    }
    return { entries, records };
  }

  private async ownFiles(userId: string): Promise<PartEntry[]> {
    const entries: PartEntry[] = [];
    for (const table of this.parts.userData.tables) {
      for (const file of await userRows.files(this.parts.database, table, userId)) {
        entries.push(...(await this.ownFile(file)));
      }
    }
    return entries;
  }

  /** A file that is gone although its row is there is no reason to hand out nothing. */
  private async ownFile({ area, id, exportedAs }: OwnedFile): Promise<PartEntry[]> {
    if (exportedAs === undefined) return [];
    try {
      const { stream, bytes } = await this.store.open(area, id);
      stream.destroy();
      const name = `${this.parts.service}/files/${area}/${id}.${exportedAs}`;
      return [{ name, bytes, file: { area, id } }];
    } catch (error) {
      if (error instanceof AppError && error.kind === 'not-found') return [];
      throw error;
    }
  }

  private get store(): FileStore {
    if (this.parts.files === undefined) throw new Error(`${this.parts.service} has no store for files`);
    return this.parts.files;
  }
}

/** What is not handed out, and why: a reader must not have to guess whether something is missing. */
const about = ({ tables }: UserData) => ({
  tables: tables.map(({ table, leftOut = {}, emptied, notExported = null }) => ({
    table,
    columns_left_out: leftOut,
    columns_emptied: emptied === undefined ? {} : Object.fromEntries(emptied.columns.map((c) => [c, emptied.because])),
    left_out_because: notExported,
  })),
});

/** A table may be declared more than once, with other rows each time (written and received messages). */
function ordinal(table: UserTable, { tables }: UserData): string {
  const place = tables.filter((one) => one.table === table.table).indexOf(table);
  return place === 0 ? '' : `-${place + 1}`;
}

const partIsGone = (): AppError =>
  new AppError({ code: 'NOT_FOUND', kind: 'not-found', message: 'The part of the export is gone.' });
