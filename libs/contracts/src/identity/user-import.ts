import { defineRpc } from '../define.js';
import { Closed, Line, Nullable, type Static, StringEnum, Timestamp, Type, Uuid } from '../schema.js';
import { Email } from './accounts.js';

/** Nobody becomes an admin by a file. */
export const IMPORTED_ROLES = ['user', 'employer'] as const;

/** One account of another system. */
export const ImportedUser = Closed({
  email: Email(),
  full_name: Line(1, 100),
  password_hash: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 300 }))),
  email_verified: Type.Boolean(),
  created_at: Type.Optional(Nullable(Timestamp())),
  role: Type.Optional(StringEnum(IMPORTED_ROLES)),
});
export type ImportedUser = Static<typeof ImportedUser>;

/** Each row is looked at by itself: the schema here must not refuse all for one. */
export const ImportUsersBody = Closed({
  users: Type.Array(Type.Unknown(), {
    minItems: 1,
    maxItems: 500,
    description: [
      'Objects with `email`, `full_name` (1–100), `email_verified` (whether the other system confirmed the address) and,',
      'where known, `password_hash` (bcrypt `$2a$`, `$2b$`, `$2y$` or argon2id; without it people come in by a code or a',
      'reset), `created_at`, `role` (`user` or `employer`).',
    ].join(' '),
  }),
});
export type ImportUsersBody = Static<typeof ImportUsersBody>;

export const ImportedUserResult = Closed({
  index: Type.Integer({ minimum: 0, description: 'Place in `users`.' }),
  status: StringEnum(['created', 'exists', 'rejected']),
  user_id: Nullable(Uuid({ description: 'Of the new account.' })),
  field: Nullable(Type.String({ description: 'Why it was rejected: which field …' })),
  reason: Nullable(Type.String({ description: '… and what is wrong with it.' })),
});
export type ImportedUserResult = Static<typeof ImportedUserResult>;

const count = Type.Integer({ minimum: 0 });
export const ImportUsersResponse = Closed({
  counts: Closed({ created: count, exists: count, rejected: count }),
  users: Type.Array(ImportedUserResult),
});
export type ImportUsersResponse = Static<typeof ImportUsersResponse>;

export const importUsers = defineRpc('identity', 'user.import', {
  idempotent: true,
  request: ImportUsersBody,
  response: ImportUsersResponse,
});
