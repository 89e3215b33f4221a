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

export const listAudit = defineRpc('identity', 'audit.list', {
  request: Closed(PageQuery),
  response: Page('entries', AuditEntry),
});
