import { defineEvent } from '../define.js';
import { Closed, CountryCode, CurrencyCode, Nullable, StringEnum, Timestamp, Type, Uuid } from '../schema.js';
import { ROLES } from '../caller.js';

export const EXPERIENCE_LEVELS = ['entry', 'junior', 'mid', 'senior', 'lead', 'staff', 'principal'] as const;
export const REMOTE_MODES = ['remote', 'hybrid', 'onsite'] as const;

const sampleUser = '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11';
const sampleSession = '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d12';

export const UserRegisteredV1 = defineEvent('identity', 'user.registered', {
  summary: 'An account was created.',
  data: Closed({ user_id: Uuid(), method: StringEnum(['password', 'otp', 'google', 'linkedin', 'oidc', 'owner']) }),
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
    reason: StringEnum(['logout', 'reuse', 'password-change', 'address-proven', 'admin', 'erasure']),
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

/** What matching needs to know about a person: facts from closed lists, places and amounts; no name, no free text. */
export const MatchProfile = Closed({
  user_id: Uuid(),
  /** Grows with every change; a reader ignores what is not newer than what it has. */
  version: Type.Integer({ minimum: 1 }),
  skills: Type.Array(Type.String({ maxLength: 80 }), { maxItems: 200 }),
  experience_level: Nullable(StringEnum(EXPERIENCE_LEVELS)),
  experience_years: Nullable(Type.Number({ minimum: 0, maximum: 70 })),
  preferred_locations: Type.Array(
    Closed({ city: Nullable(Type.String({ maxLength: 120 })), country: Nullable(CountryCode()) }),
    { maxItems: 50 },
  ),
  remote_preference: Nullable(StringEnum([...REMOTE_MODES, 'any'])),
  salary_min: Nullable(Type.Number({ minimum: 0 })),
  salary_max: Nullable(Type.Number({ minimum: 0 })),
  currency: Nullable(CurrencyCode()),
  visa_sponsorship_required: Nullable(Type.Boolean()),
});

export const ProfileUpdatedV1 = defineEvent('identity', 'profile.updated', {
  summary: 'A profile changed; carries the facts matching works with.',
  data: MatchProfile,
  sample: {
    user_id: sampleUser,
    version: 3,
    skills: ['TypeScript', 'PostgreSQL'],
    experience_level: 'senior',
    experience_years: 8,
    preferred_locations: [{ city: 'Berlin', country: 'DE' }],
    remote_preference: 'hybrid',
    salary_min: 70000,
    salary_max: 90000,
    currency: 'EUR',
    visa_sponsorship_required: true,
  },
});
