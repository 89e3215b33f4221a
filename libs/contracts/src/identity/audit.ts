import { defineRpc } from '../define.js';
import { Closed, Nullable, Page, PageQuery, type Static, StringEnum, Timestamp, Type, Uuid } from '../schema.js';

export const AUDIT_ACTIONS = [
  'account.registered',
  'account.owner-created',
  'account.access-changed',
  'password.changed',
  'password.change-refused',
  'session.signed-in',
  'session.sign-in-refused',
  'session.signed-out',
  'session.revoked',
  'session.token-reused',
  'email.verified',
  'email.change-requested',
  'email.changed',
  'password.reset-requested',
  'password.reset',
  'account.address-proven',
  'api-key.created',
  'api-key.revoked',
  'identity.linked',
  'identity.unlinked',
  'account.erasure-requested',
  'account.erasure-refused',
  'account.erasure-undone',
  'account.export-requested',
] as const;

export const AuditEntry = Closed({
  id: Uuid(),
  action: StringEnum(AUDIT_ACTIONS),
  address: Nullable(Type.String()),
  user_agent: Nullable(Type.String()),
  /** Codes and ids, e.g. the reason of a refusal; never what was typed. */
  detail: Type.Record(Type.String(), Type.Unknown()),
  occurred_at: Timestamp(),
});
export type AuditEntry = Static<typeof AuditEntry>;

export const AdminAuditEntry = Closed({
  ...AuditEntry.properties,
  /** Null where nobody is known by what was tried. */
  user_id: Nullable(Uuid()),
  /** Who did it; another than the user where an admin did. */
  actor_id: Nullable(Uuid()),
});
export type AdminAuditEntry = Static<typeof AdminAuditEntry>;

export const searchAudit = defineRpc('identity', 'audit.search', {
  request: Closed({
    ...PageQuery,
    user_id: Type.Optional(Uuid({ description: 'Only the history of this user.' })),
    action: Type.Optional(StringEnum(AUDIT_ACTIONS, { description: 'Only this kind of event.' })),
  }),
  response: Closed({ ...Page('entries', AdminAuditEntry).properties, total_is_estimate: Type.Boolean() }),
});

export const listAudit = defineRpc('identity', 'audit.list', {
  request: Closed(PageQuery),
  response: Page('entries', AuditEntry),
});
