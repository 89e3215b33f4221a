import { ApiKey, Closed, CreateApiKeyBody, listApiKeys, NewApiKey, UpdateApiKeyBody, Uuid } from '#contracts';
import { operation } from '../http/operation.js';

const tag = 'API keys';
const ById = Closed({ id: Uuid({ description: 'Id of the key.' }) });
const example = {
  id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d13',
  name: 'Spreadsheet at home',
  prefix: 'cck_4fGh2LkQ',
  scopes: ['read:jobs' as const, 'read:applications' as const],
  expires_at: '2027-11-20T00:00:00.000Z',
  last_used_at: null,
  created_at: '2026-11-20T10:00:00.000Z',
};

export const listApiKeysOperation = operation({
  method: 'GET',
  path: '/api-keys',
  operationId: 'listApiKeys',
  tag,
  summary: 'List my API keys, newest first',
  access: 'signed-in',
  query: listApiKeys.request,
  response: listApiKeys.response,
  responseExample: { total: 1, page: 1, per_page: 20, total_pages: 1, api_keys: [example] },
});

export const createApiKeyOperation = operation({
  method: 'POST',
  path: '/api-keys',
  operationId: 'createApiKey',
  tag,
  summary: 'Make an API key',
  description:
    'Send the key like a token: `Authorization: Bearer cck_…`. It may do what its scopes name and its owner may, from then on until it expires or is revoked, also after a change of the password. It is shown this once. Takes no `Idempotency-Key`: to repeat the answer, the key would have to be stored.',
  access: 'signed-in',
  body: CreateApiKeyBody,
  bodyExample: {
    name: 'Spreadsheet at home',
    scopes: ['read:jobs', 'read:applications'],
    expires_at: '2027-11-20T00:00:00.000Z',
  },
  status: 201,
  response: NewApiKey,
  responseExample: { ...example, key: 'cck_4fGh2LkQ…' },
  errors: ['LIMIT_REACHED'],
});

export const getApiKeyOperation = operation({
  method: 'GET',
  path: '/api-keys/{id}',
  operationId: 'getApiKey',
  tag,
  summary: 'Read one of my API keys (never the key itself)',
  access: 'signed-in',
  params: ById,
  response: ApiKey,
  responseExample: example,
  errors: ['NOT_FOUND'],
});

export const updateApiKeyOperation = operation({
  method: 'PUT',
  path: '/api-keys/{id}',
  operationId: 'updateApiKey',
  tag,
  summary: 'Rename one of my API keys',
  description: 'Scopes and expiry stay: a key that should do more or live longer is another key.',
  access: 'signed-in',
  params: ById,
  body: UpdateApiKeyBody,
  bodyExample: { name: 'Spreadsheet at work' },
  response: ApiKey,
  responseExample: { ...example, name: 'Spreadsheet at work' },
  errors: ['NOT_FOUND'],
});

export const deleteApiKeyOperation = operation({
  method: 'DELETE',
  path: '/api-keys/{id}',
  operationId: 'deleteApiKey',
  tag,
  summary: 'Revoke one of my API keys',
  description: 'It stops working everywhere within a second.',
  access: 'signed-in',
  params: ById,
  status: 204,
  errors: ['NOT_FOUND'],
});
