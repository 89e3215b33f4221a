import { ROLES } from '../caller.js';
import { defineEvent, defineRpc } from '../define.js';
import {
  Closed,
  Empty,
  Line,
  Nullable,
  Page,
  PageQuery,
  type Static,
  StringEnum,
  Timestamp,
  Type,
  Uuid,
} from '../schema.js';

/** What a key may be allowed to do; every operation that keys may call names one of these. Those of admins need the role too. */
export const API_KEY_SCOPES = [
  'read:jobs',
  'write:jobs',
  'read:applications',
  'write:applications',
  'read:content',
  'write:content',
  'read:profile',
  'write:profile',
  'read:social',
  'write:social',
  'read:analytics',
  'read:notifications',
  'write:notifications',
  'read:webhooks',
  'write:webhooks',
  'read:account',
  'write:postings',
  'admin:jobs',
  'admin:users',
  'admin:operations',
] as const;
export type ApiKeyScope = (typeof API_KEY_SCOPES)[number];

const Scopes = Type.Array(StringEnum(API_KEY_SCOPES), {
  minItems: 1,
  maxItems: API_KEY_SCOPES.length,
  uniqueItems: true,
});

export const ApiKey = Closed({
  id: Uuid(),
  name: Type.String(),
  prefix: Type.String({ description: 'The first characters of the key, to tell keys apart; the rest is not stored.' }),
  scopes: Scopes,
  expires_at: Nullable(Timestamp()),
  last_used_at: Nullable(Timestamp({ description: 'Known to the minute.' })),
  created_at: Timestamp(),
});
export type ApiKey = Static<typeof ApiKey>;

export const NewApiKey = Closed({
  ...ApiKey.properties,
  key: Type.String({ description: 'The key itself. Shown this once: only a hash of it is kept.' }),
});
export type NewApiKey = Static<typeof NewApiKey>;

export const CreateApiKeyBody = Closed({
  name: Line(1, 100),
  scopes: Scopes,
  expires_at: Type.Optional(
    Nullable(Timestamp({ description: 'Null or absent: until it is revoked. At most two years from now.' })),
  ),
});
export type CreateApiKeyBody = Static<typeof CreateApiKeyBody>;
/** Only the name: a key that should do more or live longer is another key. */
export const UpdateApiKeyBody = Closed({ name: Line(1, 100) });

const ById = Closed({ key_id: Uuid() });
export const listApiKeys = defineRpc('identity', 'api-key.list', {
  request: Closed(PageQuery),
  response: Page('api_keys', ApiKey),
});
export const getApiKey = defineRpc('identity', 'api-key.get', { request: ById, response: ApiKey });
/** Not repeatable by an idempotency key: the answer would have to be stored, and the key with it. */
export const createApiKey = defineRpc('identity', 'api-key.create', { request: CreateApiKeyBody, response: NewApiKey });
export const updateApiKey = defineRpc('identity', 'api-key.update', {
  request: Closed({ key_id: Uuid(), ...UpdateApiKeyBody.properties }),
  response: ApiKey,
});
export const deleteApiKey = defineRpc('identity', 'api-key.delete', { request: ById, response: Empty });

/** Whose key has this hash. The key itself stays at the door. Null: unknown, expired, revoked, or its owner is blocked. */
export const verifyApiKey = defineRpc('identity', 'api-key.verify', {
  caller: 'none',
  request: Closed({ hash: Type.String({ pattern: '^[0-9a-f]{64}$' }) }),
  response: Closed({
    key: Nullable(
      Closed({
        key_id: Uuid(),
        user_id: Uuid(),
        roles: Type.Array(StringEnum(ROLES)),
        scopes: Scopes,
        email_verified: Type.Boolean(),
        needs_factor: Type.Optional(Type.Boolean()),
        expires_at: Nullable(Timestamp()),
      }),
    ),
  }),
});

export const ApiKeyRevokedV1 = defineEvent('identity', 'api-key.revoked', {
  summary: 'An API key stopped being valid.',
  data: Closed({ user_id: Uuid(), key_id: Uuid() }),
  sample: { user_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11', key_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d13' },
});

/** A key that was made for a longer time; told once. */
export const ApiKeyEndAnnouncedV1 = defineEvent('identity', 'api-key.end-announced', {
  summary: 'An API key ends within a week.',
  data: Closed({ user_id: Uuid(), key_id: Uuid(), expires_at: Timestamp() }),
  sample: {
    user_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11',
    key_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d13',
    expires_at: '2026-11-27T10:00:00.000Z',
  },
});
