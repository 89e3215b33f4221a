import {
  AdminUser,
  AdminUsersQuery,
  changePassword,
  ChangePasswordRequest,
  Closed,
  CreateSkillBody,
  ImportUsersBody,
  ImportUsersResponse,
  listSkills,
  listUsers,
  Profile,
  Skill,
  startPasswordReset,
  UpdateProfileBody,
  UpdateSkillBody,
  UserAccessBody,
  Uuid,
} from '#contracts';
import { operation } from '../http/operation.js';
import { userExample } from './examples.js';

const BySkillId = Closed({ id: Uuid({ description: 'Id of the skill.' }) });
const ByUserId = Closed({ id: Uuid({ description: 'Id of the user.' }) });

export const getProfileOperation = operation({
  method: 'GET',
  path: '/users/me',
  operationId: 'getProfile',
  tag: 'Profile',
  summary: 'Read my profile',
  description: 'With a completeness score and what to add next. Null means not told.',
  access: 'signed-in',
  scope: 'read:profile',
  response: Profile,
  etag: true,
});

export const updateProfileOperation = operation({
  method: 'PUT',
  path: '/users/me',
  operationId: 'updateProfile',
  tag: 'Profile',
  summary: 'Change my profile',
  description:
    'What is absent stays, null (or an empty list) clears. Places and skills may be texts or objects. Send `version` to be told when somebody changed it since you read it.',
  access: 'signed-in',
  scope: 'write:profile',
  body: UpdateProfileBody,
  bodyExample: {
    current_role: 'Data Scientist',
    experience_years: 5,
    skills: ['Python', 'Machine Learning', 'TensorFlow', 'SQL'],
    preferred_locations: ['Berlin', 'Amsterdam', 'Stockholm'],
    salary_min: 80000,
    salary_max: 120000,
    currency: 'EUR',
    remote_preference: 'hybrid',
    visa_sponsorship_required: true,
  },
  response: Profile,
  errors: ['STALE_VERSION'],
});

export const changePasswordOperation = operation({
  method: 'PUT',
  path: '/users/me/password',
  operationId: 'changePassword',
  tag: 'Sign-in',
  summary: 'Change my password',
  description: 'Ends every other session of the account at once; this one goes on.',
  access: 'signed-in',
  limit: 'credentials',
  body: ChangePasswordRequest,
  bodyExample: { current_password: 'SecurePassword123!', new_password: 'seven purple elephants' },
  response: changePassword.response,
  responseExample: { status: 'password_changed', sessions_revoked: 2 },
  errors: ['TOO_MANY_ATTEMPTS', 'STALE_VERSION'],
});

export const listSkillsOperation = operation({
  method: 'GET',
  path: '/skills',
  operationId: 'listSkills',
  tag: 'Profile',
  summary: 'List my skills',
  access: 'signed-in',
  scope: 'read:profile',
  query: listSkills.request,
  response: listSkills.response,
});

export const getSkillOperation = operation({
  method: 'GET',
  path: '/skills/{id}',
  operationId: 'getSkill',
  tag: 'Profile',
  summary: 'Read one of my skills',
  access: 'signed-in',
  scope: 'read:profile',
  params: BySkillId,
  response: Skill,
  errors: ['NOT_FOUND'],
});

export const createSkillOperation = operation({
  method: 'POST',
  path: '/skills',
  operationId: 'createSkill',
  tag: 'Profile',
  summary: 'Add a skill',
  description: '`is_verified` is not for its owner to say.',
  access: 'signed-in',
  scope: 'write:profile',
  body: CreateSkillBody,
  bodyExample: { name: 'TypeScript', proficiency: 'advanced', years: 4 },
  status: 201,
  response: Skill,
  errors: ['ALREADY_EXISTS', 'LIMIT_REACHED'],
  idempotent: true,
});

export const updateSkillOperation = operation({
  method: 'PUT',
  path: '/skills/{id}',
  operationId: 'updateSkill',
  tag: 'Profile',
  summary: 'Change one of my skills',
  access: 'signed-in',
  scope: 'write:profile',
  params: BySkillId,
  body: UpdateSkillBody,
  bodyExample: { proficiency: 'expert', years: 6 },
  response: Skill,
  errors: ['NOT_FOUND', 'ALREADY_EXISTS'],
});

export const deleteSkillOperation = operation({
  method: 'DELETE',
  path: '/skills/{id}',
  operationId: 'deleteSkill',
  tag: 'Profile',
  summary: 'Remove one of my skills',
  access: 'signed-in',
  scope: 'write:profile',
  params: BySkillId,
  status: 204,
  errors: ['NOT_FOUND'],
});

export const listUsersOperation = operation({
  method: 'GET',
  path: '/admin/users',
  operationId: 'listUsers',
  tag: 'Administration',
  summary: 'List accounts',
  access: { role: 'admin' },
  scope: 'admin:users',
  query: AdminUsersQuery,
  response: listUsers.response,
});

export const importUsersOperation = operation({
  method: 'POST',
  path: '/admin/users/import',
  operationId: 'importUsers',
  tag: 'Administration',
  summary: 'Take accounts over from another system, with their password hashes',
  description: [
    'Each row is answered by itself: created, exists (and stays as it is), or rejected with the field and the reason.',
    'The same rows again change nothing. People sign in with the password they have; its hash is upgraded then.',
    'Nobody is sent a mail. The command line splits files: `careercopilot import-users`.',
  ].join(' '),
  access: { role: 'admin' },
  scope: 'admin:users',
  timeoutMs: 30_000,
  body: ImportUsersBody,
  bodyExample: {
    users: [
      {
        email: 'john.doe@example.com',
        full_name: 'John Doe',
        password_hash: '$2b$10$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW',
        email_verified: true,
        created_at: '2024-03-01T09:30:00Z',
        role: 'user',
      },
    ],
  },
  response: ImportUsersResponse,
  responseExample: {
    counts: { created: 1, exists: 0, rejected: 0 },
    users: [
      {
        index: 0,
        status: 'created',
        user_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11',
        field: null,
        reason: null,
      },
    ],
  },
  errors: ['REGISTRATION_CLOSED'],
  idempotent: true,
});

export const updateUserOperation = operation({
  method: 'PUT',
  path: '/admin/users/{id}',
  operationId: 'updateUser',
  tag: 'Administration',
  summary: 'Change the roles of an account, block or unblock it',
  description: [
    'In force within a second everywhere. The owner of the installation stays an admin and is never blocked.',
    '`employer_for` says for which companies an employer speaks: only then do his words take the place of those a source',
    'has of the opening. Make sure first that he does; it is the only proof there is. His open postings follow at once.',
  ].join(' '),
  access: { role: 'admin' },
  params: ByUserId,
  body: UserAccessBody,
  bodyExample: {
    roles: ['user', 'employer'],
    blocked: false,
    employer_for: [{ company: 'Northwind GmbH', domain: 'northwind.example' }],
  },
  response: AdminUser,
  responseExample: {
    ...userExample,
    roles: ['user', 'employer'],
    employer_for: [{ company: 'Northwind GmbH', domain: 'northwind.example', granted_at: '2026-11-29T10:00:00.000Z' }],
    is_owner: false,
    blocked: false,
  },
  errors: ['NOT_FOUND', 'CONFLICT'],
});

export const removeSecondFactorOperation = operation({
  method: 'DELETE',
  path: '/admin/users/{id}/second-factor',
  operationId: 'removeSecondFactor',
  tag: 'Administration',
  summary: 'Take the second factor away from somebody who lost it',
  description: [
    'Make sure first who asks: afterwards one factor opens the account. Authenticator and recovery codes go; passkeys stay,',
    'since each is a way in of its own. Ends every session of the account; its owner hears of it by mail and in his history.',
    "One's own goes by POST /auth/mfa/totp/disable.",
  ].join(' '),
  access: { role: 'admin' },
  params: ByUserId,
  status: 204,
  errors: ['NOT_FOUND', 'CONFLICT'],
});

export const startPasswordResetOperation = operation({
  method: 'POST',
  path: '/admin/users/{id}/password-reset',
  operationId: 'startPasswordReset',
  tag: 'Administration',
  summary: 'Send somebody the mail that sets a new password',
  description: [
    'The mail of POST /auth/forgot-password, to the address of the account alone: the token is shown to nobody else, and only',
    'that of the newest mail counts. Password and sessions stay as they are until the person sets another. Written in his',
    'history with who did it. 409 for an account without a password, or one that is blocked.',
  ].join(' '),
  access: { role: 'admin' },
  params: ByUserId,
  status: 202,
  response: startPasswordReset.response,
  responseExample: { status: 'accepted' },
  errors: ['NOT_FOUND', 'CONFLICT', 'TOO_MANY_ATTEMPTS'],
});
