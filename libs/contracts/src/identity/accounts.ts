import { ROLES } from '../caller.js';
import { defineRpc } from '../define.js';
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

export const Email = (options: Record<string, unknown> = {}) =>
  Type.String({ format: 'email', maxLength: 254, examples: ['john.doe@example.com'], ...options });

/** Wide on purpose: the policy (8–128 code points after NFC, block list) answers with one message per broken rule. */
export const Password = (options: Record<string, unknown> = {}) =>
  Type.String({ minLength: 1, maxLength: 1024, pattern: '^[^\\u0000]*$', ...options });

export const User = Closed({
  id: Uuid(),
  email: Email(),
  full_name: Type.String(),
  roles: Type.Array(StringEnum(ROLES)),
  email_verified: Type.Boolean(),
  password_must_change: Type.Boolean({ description: 'Signed in with a one-time password that waits to be changed.' }),
  created_at: Timestamp(),
});
export type User = Static<typeof User>;

export const MOST_EMPLOYER_COMPANIES = 20;

const employerCompany = {
  company: Line(1, 200, { description: 'As it stands in postings; legal form and spelling do not matter.' }),
  domain: Line(1, 253, {
    examples: ['northwind.example'],
    description: 'Then a posting that sends people elsewhere to apply does not count as of the company.',
  }),
};
/** A company an admin lets an employer speak for. */
export const EmployerCompany = Closed({
  company: employerCompany.company,
  domain: Nullable(employerCompany.domain),
  granted_at: Timestamp(),
});
export type EmployerCompany = Static<typeof EmployerCompany>;
const employer_for = Type.Array(EmployerCompany, {
  description: 'Companies the account may speak for; postings for any other are published unconfirmed.',
});

/** Oneself: more than others, admins included, are told. */
export const Me = Closed({
  ...User.properties,
  employer_for,
  mfa_enabled: Type.Boolean({ description: 'Signing in takes a second factor.' }),
  mfa_setup_required: Type.Boolean({
    description:
      'This installation demands a second factor, and there is none yet: until one is set up, everything but setting it ' +
      'up is answered 403 `SECOND_FACTOR_REQUIRED`.',
  }),
  recovery_codes_left: Type.Integer({ minimum: 0, description: 'Codes for the day the authenticator is lost.' }),
});
export type Me = Static<typeof Me>;

export const CaptchaToken = () =>
  Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 4096,
      description: 'What the CAPTCHA of the page gave; only where the operator set one up.',
    }),
  );

export const RegisterRequest = Closed({
  email: Email(),
  password: Password(),
  full_name: Line(1, 100),
  captcha_token: CaptchaToken(),
});
export type RegisterRequest = Static<typeof RegisterRequest>;

/** What everybody is answered where addresses are verified first: it says nothing about who has an account. */
export const VerificationSent = Closed({ status: StringEnum(['verification_sent']) });
export const registerAccount = defineRpc('identity', 'account.register', {
  caller: 'none',
  idempotent: true,
  request: RegisterRequest,
  response: Type.Union([User, VerificationSent]),
});

export const getAccount = defineRpc('identity', 'account.get', { request: Empty, response: Me });

export const updateAccount = defineRpc('identity', 'account.update', {
  request: Closed({ full_name: Type.Optional(Line(1, 100)) }),
  response: Me,
});

/** Where to write to somebody about his own things. Null: no such account, or an address nobody has confirmed. */
export const getMailAddress = defineRpc('identity', 'account.mail-address', {
  alsoAskedBy: ['notifications'],
  caller: 'none',
  request: Closed({ user_id: Uuid() }),
  response: Closed({ address: Nullable(Email()) }),
});

export const ChangePasswordRequest = Closed({ current_password: Password(), new_password: Password() });
export const changePassword = defineRpc('identity', 'password.change', {
  request: ChangePasswordRequest,
  response: Closed({
    status: StringEnum(['password_changed']),
    sessions_revoked: Type.Integer({ minimum: 0, description: 'Other sessions that ended; this one goes on.' }),
  }),
});

export const AdminUser = Closed({
  ...User.properties,
  employer_for,
  is_owner: Type.Boolean(),
  blocked: Type.Boolean(),
});
export type AdminUser = Static<typeof AdminUser>;

export const AdminUsersQuery = Closed({
  ...PageQuery,
  q: Type.Optional(Line(1, 100, { description: 'Part of the address or the name.' })),
  role: Type.Optional(StringEnum(ROLES)),
  blocked: Type.Optional(Type.Boolean()),
});
export const listUsers = defineRpc('identity', 'user.list', {
  request: AdminUsersQuery,
  response: Page('users', AdminUser),
});

export const UserAccessBody = Closed({
  roles: Type.Optional(Type.Array(StringEnum(ROLES), { minItems: 1, uniqueItems: true })),
  blocked: Type.Optional(Type.Boolean()),
  employer_for: Type.Optional(
    Type.Array(Closed({ company: employerCompany.company, domain: Type.Optional(Nullable(employerCompany.domain)) }), {
      maxItems: MOST_EMPLOYER_COMPANIES,
      description: 'The whole list, in place of the one before; for the role employer, and gone when that is.',
    }),
  ),
});
export const updateUserAccess = defineRpc('identity', 'user.update-access', {
  request: Closed({ user_id: Uuid(), ...UserAccessBody.properties }),
  response: AdminUser,
});
