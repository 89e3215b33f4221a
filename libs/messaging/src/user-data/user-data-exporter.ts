import { PIECE_BYTES, type ServiceName, type Static, userDataOf } from '#contracts';
import { AppError } from '#kernel';
import type { Database, UnitOfWork, UserData, UserTable } from '#persistence';
import type { FileStore } from '#platform';
import type { WorkContext } from '../consume/contexts.js';
import type { Outbox } from '../outbox/outbox.js';
import { type OwnedFile, userRows } from './user-rows.repository.js';

export interface ExporterParts {
  service: ServiceName;
  userData: UserData;
  database: Database;
  unitOfWork: UnitOfWork;
  outbox: Outbox;
  files: FileStore;
}

export const PARTS_AREA = 'export-parts';
/** Of one table of one person. */
const MOST_BYTES = 256 * 1024 * 1024;

interface Entry {
  name: string;
  area: string;
  file_id: string;
  bytes: number;
  /** Written for the export; false for a file of the person himself. */
  temporary: boolean;
}

type Command = Static<ReturnType<typeof userDataOf>['export']['data']>;
type Question = Static<ReturnType<typeof userDataOf>['readPart']['request']>;
type Answer = Static<ReturnType<typeof userDataOf>['readPart']['response']>;

/** Writes down what one service holds on a person: a JSON file per table, and his files as they are. */
export class UserDataExporter {
  constructor(private readonly parts: ExporterParts) {}

  async write(command: Command, context: WorkContext): Promise<void> {
    const { service, userData, database } = this.parts;
    const entries: Entry[] = [await this.written(`${service}/about.json`, JSON.stringify(about(userData), null, 2))];
    let records = 0;
    for (const table of userData.tables) {
      const owned = await userRows.files(database, table, command.user_id);
      for (const file of owned) entries.push(...(await this.ownFile(file)));
      if (table.notExported !== undefined) continue;
      const { records: found, rows } = await userRows.read(database, table, command.user_id);
      context.signal.throwIfAborted();
      records += found;
      entries.push(await this.written(`${service}/${table.table}${ordinal(table, userData)}.json`, rows));
    }
    await this.commit(command, context, entries, records);
  }

  /** The piece of an entry that starts at `offset`; null past the last entry. */
  async read({ request_id: requestId, entry: index, offset }: Question): Promise<Answer> {
    const [part] = await this.parts.database.query<{ entries: Entry[] }>(
      'user-data.part',
      'SELECT entries FROM user_data_part WHERE request_id = $1 AND expires_at > now()',
      [requestId],
    );
    if (part === undefined) throw partIsGone();
    const entry = part.entries[index];
    if (entry === undefined) return { piece: null };
    const bytes = await this.parts.files.readPiece(entry.area, entry.file_id, offset, PIECE_BYTES);
    const { name, bytes: size } = entry;
    return { piece: { entries: part.entries.length, name, size, bytes: bytes.toString('base64') } };
  }

  private async commit(command: Command, context: WorkContext, entries: Entry[], records: number): Promise<void> {
    const { service, unitOfWork, outbox } = this.parts;
    const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
    const files = entries.filter((entry) => !entry.temporary).length;
    await unitOfWork.run(async (tx) => {
      await tx.query(
        'user-data.store-part',
        `INSERT INTO user_data_part (request_id, user_id, entries, expires_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (request_id) DO UPDATE SET entries = excluded.entries, expires_at = excluded.expires_at`,
        [command.request_id, command.user_id, JSON.stringify(entries), command.expires_at],
      );
      await outbox.add(
        tx,
        userDataOf(service).exported,
        { request_id: command.request_id, user_id: command.user_id, records, files, bytes },
        { subject: command.user_id, requestId: context.requestId },
      );
      await context.done(tx);
    });
  }

  private async written(name: string, json: string): Promise<Entry> {
    const { id, bytes } = await this.parts.files.put(PARTS_AREA, Buffer.from(json, 'utf8'), MOST_BYTES);
    return { name, area: PARTS_AREA, file_id: id, bytes, temporary: true };
  }

  /** A file that is gone although its row is there is no reason to hand out nothing. */
  private async ownFile({ area, id, exportedAs }: OwnedFile): Promise<Entry[]> {
    if (exportedAs === undefined) return [];
    try {
      const { stream, bytes } = await this.parts.files.open(area, id);
      stream.destroy();
      const name = `${this.parts.service}/files/${area}/${id}.${exportedAs}`;
      return [{ name, area, file_id: id, bytes, temporary: false }];
    } catch (error) {
      if (error instanceof AppError && error.kind === 'not-found') return [];
      throw error;
    }
  }
}

/** What is not handed out, and why: a reader must not have to guess whether something is missing. */
const about = ({ tables }: UserData) => ({
  tables: tables.map(({ table, leftOut = {}, notExported = null }) => ({
    table,
    columns_left_out: leftOut,
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
