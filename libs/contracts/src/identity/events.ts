import { defineEvent } from '../define.js';
import { Closed, Nullable, StringEnum, Timestamp, Type, Uuid } from '../schema.js';
import { ROLES } from '../caller.js';

export const EXPERIENCE_LEVELS = ['entry', 'junior', 'mid', 'senior', 'lead', 'staff', 'principal'] as const;
export const REMOTE_MODES = ['remote', 'hybrid', 'onsite'] as const;

const sampleUser = '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11';
const sampleSession = '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d12';

export const UserRegisteredV1 = defineEvent('identity', 'user.registered', {
  summary: 'An account was created.',
  data: Closed({
    user_id: Uuid(),
    method: StringEnum(['password', 'otp', 'google', 'linkedin', 'oidc', 'owner', 'import']),
  }),
  sample: { user_id: sampleUser, method: 'password' },
});

export const UserLoggedInV1 = defineEvent('identity', 'user.logged-in', {
  summary: 'Somebody signed in.',
  data: Closed({ user_id: Uuid(), session_id: Uuid(), method: Type.String({ maxLength: 40 }) }),
  sample: { user_id: sampleUser, session_id: sampleSession, method: 'password' },
});

export const SessionRevokedV1 = defineEvent('identity', 'session.revoked', {
  summary: 'A session (with every token of its family) stopped being valid.',
  data: Closed({
    user_id: Uuid(),
    session_id: Uuid(),
    reason: StringEnum(['logout', 'reuse', 'password-change', 'address-proven', 'factor-change', 'admin', 'erasure']),
  }),
  sample: { user_id: sampleUser, session_id: sampleSession, reason: 'logout' },
});

export const UserAccessChangedV1 = defineEvent('identity', 'user.access-changed', {
  summary: 'Roles changed or the account was blocked: access tokens issued before `valid_from` no longer count.',
  data: Closed({
    user_id: Uuid(),
    roles: Type.Array(StringEnum(ROLES)),
    blocked: Type.Boolean(),
    valid_from: Timestamp(),
  }),
  sample: { user_id: sampleUser, roles: ['user'], blocked: false, valid_from: '2026-11-20T10:00:00.000Z' },
});

export const EmployerCompaniesChangedV1 = defineEvent('identity', 'employer.companies-changed', {
  summary: 'An admin changed for which companies an employer may speak; the whole list, as keys they are compared by.',
  data: Closed({
    user_id: Uuid(),
    /** Grows with every change; a reader ignores what is not newer than what it has. */
    version: Type.Integer({ minimum: 1 }),
    companies: Type.Array(
      Closed({
        company_key: Type.String({ maxLength: 400 }),
        /** Where postings for it send people to apply, or below it; null: anywhere. */
        domain: Nullable(Type.String({ maxLength: 253 })),
      }),
    ),
  }),
  sample: {
    user_id: sampleUser,
    version: 2,
    companies: [{ company_key: 'northwind', domain: 'northwind.example' }],
  },
});

/** What is told is only that there is something new: readers ask for what they need (`profile.match-facts`). */
export const ProfileUpdatedV1 = defineEvent('identity', 'profile.updated', {
  summary: 'A profile changed. Until 0.3 it carried the facts themselves; readers ignore them and ask instead.',
  data: Closed({
    user_id: Uuid(),
    /** Grows with every change; a reader ignores what is not newer than what it has. */
    version: Type.Integer({ minimum: 1 }),
  }),
  sample: { user_id: sampleUser, version: 3 },
});
