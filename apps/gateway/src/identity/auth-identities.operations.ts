import {
  Closed,
  ConfirmLinkRequest,
  ExternalIdentity,
  listIdentities,
  startLinking,
  StartLinkRequest,
  Uuid,
} from '#contracts';
import { operation } from '../http/operation.js';

const tag = 'Sign-in';
const identityExample = {
  id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d13',
  provider: 'google',
  email: 'john.doe@example.com',
  created_at: '2026-11-20T10:00:00.000Z',
  last_used_at: '2026-11-20T10:00:00.000Z',
};

export const listIdentitiesOperation = operation({
  method: 'GET',
  path: '/auth/identities',
  operationId: 'listIdentities',
  tag,
  summary: 'Providers I can sign in with',
  access: 'signed-in',
  response: listIdentities.response,
  responseExample: { identities: [identityExample] },
});

export const startLinkingOperation = operation({
  method: 'POST',
  path: '/auth/identities',
  operationId: 'startLinking',
  tag,
  summary: 'Link a provider to my account: the first step',
  description:
    'Open `start_url` in the browser. It ends with a `link_code` at `return_to` (or in JSON), which this account confirms ' +
    'with POST /auth/identities/confirm. Both the account and the provider must have confirmed an e-mail address.',
  access: 'signed-in',
  limit: 'credentials',
  body: StartLinkRequest,
  bodyExample: { provider: 'google', current_password: 'SecurePassword123!' },
  response: startLinking.response,
  responseExample: {
    start_url: 'https://api.example.org/api/v1/auth/google?link_token=ccst_Jw5bW0n3Q8rT2yV6xZ1aC4dE7fG9hK0m',
    expires_in: 300,
  },
  errors: ['EMAIL_NOT_VERIFIED', 'NOT_FOUND', 'FEATURE_DISABLED', 'TOO_MANY_ATTEMPTS'],
});

export const confirmLinkingOperation = operation({
  method: 'POST',
  path: '/auth/identities/confirm',
  operationId: 'confirmLinking',
  tag,
  summary: 'Link a provider to my account: the last step',
  description: 'Only the account that took the first step can take the last one.',
  access: 'signed-in',
  limit: 'credentials',
  body: ConfirmLinkRequest,
  bodyExample: { link_code: 'ccst_Jw5bW0n3Q8rT2yV6xZ1aC4dE7fG9hK0mN3pR5sU8wX4' },
  status: 201,
  response: ExternalIdentity,
  responseExample: identityExample,
  errors: ['INVALID_TOKEN', 'EMAIL_NOT_VERIFIED', 'ALREADY_EXISTS'],
});

export const unlinkIdentityOperation = operation({
  method: 'DELETE',
  path: '/auth/identities/{id}',
  operationId: 'unlinkIdentity',
  tag,
  summary: 'Unlink a provider from my account',
  description: 'Not the last way in.',
  access: 'signed-in',
  params: Closed({ id: Uuid({ description: 'Id of the identity.' }) }),
  status: 204,
  errors: ['NOT_FOUND', 'LAST_WAY_IN'],
});
