import { ROLES } from '../caller.js';
import { defineRpc } from '../define.js';
import { Closed, Empty, Line, Page, PageQuery, type Static, StringEnum, Timestamp, Type, Uuid } from '../schema.js';

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

export const getAccount = defineRpc('identity', 'account.get', { request: Empty, response: User });

export const updateAccount = defineRpc('identity', 'account.update', {
  request: Closed({ full_name: Type.Optional(Line(1, 100)) }),
  response: User,
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
});
export const updateUserAccess = defineRpc('identity', 'user.update-access', {
  request: Closed({ user_id: Uuid(), ...UserAccessBody.properties }),
  response: AdminUser,
});
