import { type CommandContract, defineCommand, defineEvent, defineRpc, type EventContract } from './define.js';
import { Closed, Nullable, type Static, StringEnum, Timestamp, Type, Uuid } from './schema.js';
import { type ServiceName, SERVICES } from './services.js';

/**
 * How services hand out and erase what they hold on a person. identity asks with `user.export-requested` and
 * `user.erasure-requested`; every service turns that into work of its own and answers with these events.
 */

const REQUEST = '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d81';
const USER = '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11';

/** Members of messages that hold the id of a person; who erases somebody asks for all of them. */
export const PERSON_MEMBERS = ['user_id', 'requester_id', 'sender_id', 'receiver_id'] as const;

const asked = Closed({ request_id: Uuid(), user_id: Uuid() });

/** What happened to the rows of one table. */
export const ErasedTable = Closed({
  table: Type.String({ maxLength: 63 }),
  /** `kept`: by law or because other people's data depends on it, without anything the person wrote. */
  how: StringEnum(['deleted', 'anonymised', 'kept']),
  rows: Type.Integer({ minimum: 0 }),
});
export type ErasedTable = Static<typeof ErasedTable>;

const UserDataErased = Closed({
  ...asked.properties,
  tables: Type.Array(ErasedTable, { maxItems: 200 }),
  files: Type.Integer({ minimum: 0 }),
});
const UserDataExported = Closed({
  ...asked.properties,
  records: Type.Integer({ minimum: 0 }),
  files: Type.Integer({ minimum: 0 }),
  bytes: Type.Integer({ minimum: 0 }),
});

/** One piece of a part. Small enough, as base64 in JSON, for the 1 MiB a NATS message may have. */
export const PIECE_BYTES = 512 * 1024;

const ReadUserDataPart = Closed({
  request_id: Uuid(),
  /** Entries are numbered from 0 in the order the service wrote them. */
  entry: Type.Integer({ minimum: 0 }),
  offset: Type.Integer({ minimum: 0 }),
});
const UserDataPiece = Closed({
  entries: Type.Integer({ minimum: 0 }),
  /** Path inside the export, e.g. `applications/application.json`. */
  name: Type.String({ maxLength: 300 }),
  size: Type.Integer({ minimum: 0 }),
  /** Base64, at most `PIECE_BYTES` decoded. */
  bytes: Type.String(),
});

const erasedBy = (service: ServiceName) =>
  defineEvent(service, 'user-data.erased', {
    summary:
      'Everything this service held on a person is gone, or kept for a reason it names. Sent again when asked again.',
    data: UserDataErased,
    sample: {
      request_id: REQUEST,
      user_id: USER,
      tables: [{ table: 'notification', how: 'deleted', rows: 12 }],
      files: 0,
    },
  });
const exportedBy = (service: ServiceName) =>
  defineEvent(service, 'user-data.exported', {
    summary: 'The part of this service is ready to be fetched by identity.',
    data: UserDataExported,
    sample: { request_id: REQUEST, user_id: USER, records: 12, files: 0, bytes: 4096 },
  });
const eraseIn = (service: ServiceName) =>
  defineCommand(service, 'user-data.erase', {
    summary: 'Erase everything this service holds on a person.',
    data: asked,
    sample: { request_id: REQUEST, user_id: USER },
  });
const exportFrom = (service: ServiceName) =>
  defineCommand(service, 'user-data.export', {
    summary: 'Write down everything this service holds on a person.',
    data: Closed({ ...asked.properties, expires_at: Timestamp() }),
    sample: { request_id: REQUEST, user_id: USER, expires_at: '2026-11-27T10:00:00.000Z' },
  });
const partOf = (service: ServiceName) =>
  defineRpc(service, 'user-data.read-part', {
    alsoAskedBy: ['identity'],
    caller: 'none',
    request: ReadUserDataPart,
    /** Null past the last entry. */
    response: Closed({ piece: Nullable(UserDataPiece) }),
  });

interface UserDataContracts {
  readonly erased: EventContract<typeof UserDataErased>;
  readonly exported: EventContract<typeof UserDataExported>;
  readonly erase: CommandContract<typeof asked>;
  readonly export: ReturnType<typeof exportFrom>;
  readonly readPart: ReturnType<typeof partOf>;
}

const make = (service: ServiceName): UserDataContracts => ({
  erased: erasedBy(service),
  exported: exportedBy(service),
  erase: eraseIn(service),
  export: exportFrom(service),
  readPart: partOf(service),
});
const all: ReadonlyMap<ServiceName, UserDataContracts> = new Map(SERVICES.map((service) => [service, make(service)]));

/** What one service says and answers about people's data. */
export const userDataOf = (service: ServiceName): UserDataContracts => all.get(service) ?? make(service);

/** All of them, for whoever collects contracts by looking through the exports. */
export const userDataContracts = [...all.values()].flatMap((one) => [
  one.erased,
  one.exported,
  one.erase,
  one.export,
  one.readPart,
]);
