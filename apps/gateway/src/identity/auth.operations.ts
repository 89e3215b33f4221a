import {
  CaptchaToken,
  Closed,
  Email,
  Line,
  listAudit,
  listSessions,
  listSigningKeys,
  Me,
  Password,
  RefreshToken,
  searchAudit,
  verifyAudit,
  SignInAnswer,
  SignInRequest,
  signOut,
  TokenPair,
  Type,
  User,
  Uuid,
  VerificationSent,
} from '#contracts';
import { operation } from '../http/operation.js';
import { meExample, mfaText, tokenPairExample, userExample } from './examples.js';

const tag = 'Sign-in';
/** One of the two names must be there; the service only knows `full_name`. */
const FullName = {
  full_name: Type.Optional(Line(1, 100)),
  name: Type.Optional(Line(1, 100, { description: 'Another word for `full_name`.' })),
};

export const registerOperation = operation({
  method: 'POST',
  path: '/auth/register',
  operationId: 'register',
  tag,
  summary: 'Create an account',
  description:
    'The password has 8 to 128 characters and is neither common nor mostly your name or address; it needs no digits, capitals or signs. ' +
    'Where the installation verifies addresses first, everybody is answered 202 and the rest is said by mail.',
  access: 'public',
  limit: 'credentials',
  body: Closed({ email: Email(), password: Password(), ...FullName, captcha_token: CaptchaToken() }),
  bodyExample: { email: 'john.doe@example.com', password: 'SecurePassword123!', full_name: 'John Doe' },
  status: 201,
  response: User,
  responseExample: userExample,
  alternative: { status: 202, response: VerificationSent, example: { status: 'verification_sent' } },
  errors: ['EMAIL_ALREADY_REGISTERED', 'REGISTRATION_CLOSED', 'TOO_MANY_ATTEMPTS', 'PROVIDER_UNAVAILABLE'],
  idempotent: true,
});

export const loginOperation = operation({
  method: 'POST',
  path: '/auth/login',
  operationId: 'login',
  tag,
  summary: 'Sign in with e-mail address and password',
  description: `The same answer for a wrong password and for an unknown address. Failures are counted; the wait grows. ${mfaText}`,
  access: 'public',
  limit: 'credentials',
  body: SignInRequest,
  bodyExample: { email: 'john.doe@example.com', password: 'SecurePassword123!' },
  response: SignInAnswer,
  responseExample: tokenPairExample,
  errors: ['INVALID_CREDENTIALS', 'TOO_MANY_ATTEMPTS', 'ACCOUNT_DISABLED', 'PASSWORD_CHANGE_REQUIRED'],
});

export const refreshOperation = operation({
  method: 'POST',
  path: '/auth/refresh',
  operationId: 'refreshTokens',
  tag,
  summary: 'Trade a refresh token for a new pair',
  description:
    'The token comes in the body or as `Authorization: Bearer <refresh_token>`. It is good once: used a second time it ends its session.',
  access: 'public',
  body: Closed({ refresh_token: Type.Optional(RefreshToken()) }),
  bodyExample: { refresh_token: tokenPairExample.refresh_token },
  response: TokenPair,
  responseExample: tokenPairExample,
  errors: ['INVALID_REFRESH_TOKEN'],
});

export const logoutOperation = operation({
  method: 'POST',
  path: '/auth/logout',
  operationId: 'logout',
  tag,
  summary: 'End this session, or all of mine',
  description: 'Its access tokens stop working at once, not only when they expire.',
  access: 'signed-in',
  withoutFactor: true,
  query: Closed({ all: Type.Optional(Type.Boolean({ default: false, description: 'Every session of the account.' })) }),
  response: signOut.response,
  responseExample: { status: 'signed_out', sessions_revoked: 1 },
});

export const getMeOperation = operation({
  method: 'GET',
  path: '/auth/me',
  operationId: 'getMe',
  tag,
  summary: 'Who I am',
  access: 'signed-in',
  withoutFactor: true,
  scope: 'read:account',
  response: Me,
  responseExample: meExample,
});

export const updateMeOperation = operation({
  method: 'PUT',
  path: '/auth/me',
  operationId: 'updateMe',
  tag,
  summary: 'Change my name',
  access: 'signed-in',
  body: Closed(FullName),
  bodyExample: { full_name: 'John Q. Doe' },
  response: Me,
  responseExample: { ...meExample, full_name: 'John Q. Doe' },
});

export const listSigningKeysOperation = operation({
  method: 'GET',
  path: '/auth/jwks.json',
  operationId: 'listSigningKeys',
  tag,
  summary: 'Public keys access tokens are signed with (JWK set)',
  description: 'A new key is published ten minutes before it signs; an old one stays until its last token has ended.',
  access: 'public',
  response: listSigningKeys.response,
  publicCacheSeconds: 300,
});

export const listSessionsOperation = operation({
  method: 'GET',
  path: '/auth/sessions',
  operationId: 'listSessions',
  tag,
  summary: 'Where I am signed in',
  access: 'signed-in',
  query: listSessions.request,
  response: listSessions.response,
});

export const revokeOtherSessionsOperation = operation({
  method: 'DELETE',
  path: '/auth/sessions',
  operationId: 'revokeOtherSessions',
  tag,
  summary: 'End all my sessions but this one',
  access: 'signed-in',
  status: 204,
});

export const revokeSessionOperation = operation({
  method: 'DELETE',
  path: '/auth/sessions/{id}',
  operationId: 'revokeSession',
  tag,
  summary: 'End one of my sessions',
  access: 'signed-in',
  params: Closed({ id: Uuid({ description: 'Id of the session.' }) }),
  status: 204,
  errors: ['NOT_FOUND'],
});

export const searchAuditOperation = operation({
  method: 'GET',
  path: '/admin/audit',
  operationId: 'searchAudit',
  tag: 'Administration',
  summary: 'Security history of all accounts, newest first',
  description: '`total` stops counting at 10,000 and says so.',
  access: { role: 'admin' },
  query: searchAudit.request,
  response: searchAudit.response,
  responseExample: {
    total: 1,
    total_is_estimate: false,
    page: 1,
    per_page: 20,
    total_pages: 1,
    entries: [
      {
        id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d14',
        action: 'session.sign-in-refused',
        address: '203.0.113.7',
        user_agent: 'Mozilla/5.0',
        detail: { reason: 'wrong-credentials' },
        occurred_at: '2026-11-20T10:00:00.000Z',
        user_id: userExample.id,
        actor_id: userExample.id,
      },
    ],
  },
});

export const verifyAuditOperation = operation({
  method: 'GET',
  path: '/admin/audit/verification',
  operationId: 'verifyAudit',
  tag: 'Administration',
  summary: 'Whether anybody changed, removed or added rows of the security history behind our back',
  description:
    'Looks at a few thousand rows per answer, and at the seal over the whole log in the first one; `next` goes on. ' +
    '`careercopilot audit verify` asks to the end.',
  access: { role: 'admin' },
  scope: 'admin:operations',
  query: verifyAudit.request,
  response: verifyAudit.response,
  responseExample: {
    checked: 1200,
    seal: { number: 8412, sealed_at: '2026-11-20T10:00:00.000Z' },
    findings: [
      {
        problem: 'changed',
        user_id: userExample.id,
        entry_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d14',
        sequence: 7,
        through: 7,
      },
    ],
    next: null,
  },
});

export const listAuditOperation = operation({
  method: 'GET',
  path: '/auth/audit',
  operationId: 'listAudit',
  tag,
  summary: 'My security history, newest first',
  description: 'What an admin did to the account is shown without the address and browser of that admin.',
  access: 'signed-in',
  query: listAudit.request,
  response: listAudit.response,
});
