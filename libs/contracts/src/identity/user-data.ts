import { defineCommand, defineEvent, defineRpc } from '../define.js';
import { Closed, Empty, Nullable, type Static, StringEnum, Timestamp, Type, Uuid } from '../schema.js';
import { SERVICES } from '../services.js';
import { ErasedTable } from '../user-data.js';
import { Email, Password } from './accounts.js';

const sampleRequest = '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d81';
const sampleUser = '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11';
const ServiceId = () => StringEnum(SERVICES);
/** Who has not answered yet; the others leave the message alone. */
const Asked = () => Type.Array(ServiceId(), { minItems: 1, maxItems: SERVICES.length });

export const UserErasureRequestedV1 = defineEvent('identity', 'user.erasure-requested', {
  summary:
    'The time to undo an erasure is over: the services named erase the person and answer. Sent again to those that do not.',
  data: Closed({ user_id: Uuid(), request_id: Uuid(), services: Asked() }),
  sample: { user_id: sampleUser, request_id: sampleRequest, services: ['applications', 'analytics'] },
});
export const UserErasedV1 = defineEvent('identity', 'user.erased', {
  summary: 'Every service has erased the person, identity last.',
  data: Closed({ user_id: Uuid(), request_id: Uuid() }),
  sample: { user_id: sampleUser, request_id: sampleRequest },
});
export const UserExportRequestedV1 = defineEvent('identity', 'user.export-requested', {
  summary:
    'A person wants everything we hold on him: the services named write their part and answer. Sent again to those that do not.',
  data: Closed({ user_id: Uuid(), request_id: Uuid(), services: Asked(), expires_at: Timestamp() }),
  sample: {
    user_id: sampleUser,
    request_id: sampleRequest,
    services: ['applications', 'analytics'],
    expires_at: '2026-11-27T10:00:00.000Z',
  },
});
export const AssembleExportV1 = defineCommand('identity', 'export.assemble', {
  summary: 'All parts of an export are there: make one file of them.',
  data: Closed({ user_id: Uuid(), request_id: Uuid() }),
  sample: { user_id: sampleUser, request_id: sampleRequest },
});

export const ERASURE_STATUSES = ['scheduled', 'running', 'completed', 'undone'] as const;

export const ErasureRequest = Closed({
  password: Type.Optional(Password({ description: 'Of the account.' })),
  code: Type.Optional(
    Type.String({
      pattern: '^[0-9]{6}$',
      examples: ['493027'],
      description: 'A code from POST /auth/send-otp, younger than ten minutes, where the account has no password.',
    }),
  ),
});
export type ErasureRequest = Static<typeof ErasureRequest>;

/** Opaque; 256 random bits. */
const Secret = (options: Record<string, unknown>) =>
  Type.String({ minLength: 20, maxLength: 100, pattern: '^[A-Za-z0-9_-]+$', ...options });

export const ErasureReceipt = Closed({
  id: Uuid(),
  status: StringEnum(ERASURE_STATUSES),
  requested_at: Timestamp(),
  due_at: Timestamp({ description: 'Until then the erasure can be undone.' }),
  undo_token: Secret({
    description: 'Undoes the erasure without a password; shown here and in the mail, nowhere else.',
  }),
  certificate_secret: Secret({ description: 'Opens the certificate; shown here and in the last mail, nowhere else.' }),
});
export type ErasureReceipt = Static<typeof ErasureReceipt>;
export const requestErasure = defineRpc('identity', 'erasure.request', {
  request: ErasureRequest,
  response: ErasureReceipt,
});

/** Whoever asked for his erasure has no session any more, so he proves himself here. */
export const UndoErasureRequest = Closed({
  email: Type.Optional(Email()),
  password: Type.Optional(Password()),
  undo_token: Type.Optional(Secret({ examples: ['Jw5bW0n3Q8rT2yV6xZ1aC4dE7fG9hK0mN3pR5sU8wX4'] })),
});
export type UndoErasureRequest = Static<typeof UndoErasureRequest>;
export const undoErasure = defineRpc('identity', 'erasure.undo', {
  caller: 'none',
  request: UndoErasureRequest,
  response: Closed({ status: StringEnum(['undone']) }),
});

export const ErasureCertificate = Closed({
  id: Uuid(),
  status: StringEnum(ERASURE_STATUSES),
  requested_at: Timestamp(),
  due_at: Timestamp(),
  completed_at: Nullable(Timestamp()),
  services: Type.Array(
    Closed({
      service: ServiceId(),
      answered_at: Nullable(Timestamp({ description: 'Null while it has not answered.' })),
      tables: Type.Array(ErasedTable),
      files: Type.Integer({ minimum: 0, description: 'Files deleted.' }),
    }),
  ),
});
export type ErasureCertificate = Static<typeof ErasureCertificate>;
export const getErasureCertificate = defineRpc('identity', 'erasure.certificate', {
  caller: 'none',
  request: Closed({ erasure_id: Uuid(), secret: Type.String({ maxLength: 200 }) }),
  response: ErasureCertificate,
});

export const EXPORT_STATUSES = ['collecting', 'assembling', 'ready', 'expired', 'failed'] as const;

export const DataExport = Closed({
  id: Uuid(),
  status: StringEnum(EXPORT_STATUSES),
  requested_at: Timestamp(),
  ready_at: Nullable(Timestamp()),
  expires_at: Nullable(Timestamp({ description: 'The file is deleted then.' })),
  bytes: Nullable(Type.Integer({ minimum: 0 })),
  download_url: Nullable(
    Type.String({ description: 'Works without a token until `expires_at`: keep it to yourself.' }),
  ),
  services: Type.Array(
    Closed({
      service: ServiceId(),
      answered_at: Nullable(Timestamp()),
      records: Nullable(Type.Integer({ minimum: 0 })),
      files: Nullable(Type.Integer({ minimum: 0 })),
    }),
  ),
});
export type DataExport = Static<typeof DataExport>;
export const requestExport = defineRpc('identity', 'export.request', { request: Empty, response: DataExport });
export const getExport = defineRpc('identity', 'export.get', {
  request: Closed({ export_id: Uuid() }),
  response: DataExport,
});
/** The file in pieces of at most `PIECE_BYTES`; the gateway has no file store. */
export const readExport = defineRpc('identity', 'export.read', {
  caller: 'none',
  request: Closed({
    export_id: Uuid(),
    token: Type.String({ maxLength: 200 }),
    offset: Type.Integer({ minimum: 0 }),
  }),
  response: Closed({
    size: Type.Integer({ minimum: 0 }),
    bytes: Type.String({ description: 'Base64.' }),
  }),
});
