import {
  AdminUser,
  AdminUsersQuery,
  changePassword,
  ChangePasswordRequest,
  Closed,
  CreateSkillBody,
  listSkills,
  listUsers,
  Profile,
  Skill,
  UpdateProfileBody,
  UpdateSkillBody,
  UserAccessBody,
  Uuid,
} from '#contracts';
import { operation } from '../http/operation.js';

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

export const updateUserOperation = operation({
  method: 'PUT',
  path: '/admin/users/{id}',
  operationId: 'updateUser',
  tag: 'Administration',
  summary: 'Change the roles of an account, block or unblock it',
  description:
    'In force within a second everywhere. The owner of the installation stays an admin and is never blocked.',
  access: { role: 'admin' },
  params: ByUserId,
  body: UserAccessBody,
  bodyExample: { roles: ['user', 'employer'], blocked: false },
  response: AdminUser,
  errors: ['NOT_FOUND', 'CONFLICT'],
});
