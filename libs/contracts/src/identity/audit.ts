import { defineRpc } from '../define.js';
import { Closed, Nullable, Page, PageQuery, type Static, StringEnum, Timestamp, Type, Uuid } from '../schema.js';

export const AUDIT_ACTIONS = [
  'account.registered',
  'account.owner-created',
  'account.access-changed',
  'account.employer-companies-changed',
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
  'accounts.imported',
  'mfa.enabled',
  'mfa.disabled',
  'mfa.asked',
  'mfa.refused',
  'mfa.recovery-used',
  'mfa.recovery-renewed',
  'passkey.added',
  'passkey.removed',
  'passkey.counter-went-back',
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

export const AuditFinding = Closed({
  problem: StringEnum(['changed', 'added', 'missing', 'seal'], {
    description:
      '`changed`: a row does not say what was written. `added`: a row that was not written here. `missing`: rows from ' +
      '`sequence` to `through` are gone. `seal`: the seal over the log itself was changed or set back.',
  }),
  /** Whose history it is; null for what nobody is known for, and where only the seal knows of it. */
  user_id: Nullable(Uuid()),
  entry_id: Nullable(Uuid()),
  sequence: Nullable(Type.Integer()),
  through: Nullable(Type.Integer()),
});
export type AuditFinding = Static<typeof AuditFinding>;

export const verifyAudit = defineRpc('identity', 'audit.verify', {
  request: Closed({
    after: Type.Optional(
      Type.String({
        pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:[0-9]{1,15}$',
        description: '`next` of the answer before.',
      }),
    ),
  }),
  response: Closed({
    checked: Type.Integer({ description: 'Rows looked at for this answer.' }),
    seal: Nullable(
      Closed({
        number: Type.Integer({ description: 'Grows with every sealing: a smaller one than before is of a backup.' }),
        sealed_at: Timestamp(),
      }),
    ),
    findings: Type.Array(AuditFinding, { description: 'At most 100 per answer.' }),
    next: Nullable(Type.String({ description: 'Send it as `after` to go on; null at the end of the log.' })),
  }),
});
