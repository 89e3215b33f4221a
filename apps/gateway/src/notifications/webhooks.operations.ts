import { Closed, CreateWebhookBody, listWebhooks, NewWebhook, UpdateWebhookBody, Uuid, Webhook } from '#contracts';
import { operation } from '../http/operation.js';

export const tag = 'Webhooks';
export const ById = Closed({ id: Uuid({ description: 'Id of the webhook.' }) });
const example = {
  id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d91',
  url: 'https://hooks.example/career-copilot',
  description: 'Spreadsheet at home',
  event_types: ['applications.application.status-changed.v1', 'jobs-ingestion.match.found.v1'],
  status: 'enabled' as const,
  disabled_reason: null,
  failing_since: null,
  previous_secret_expires_at: null,
  created_at: '2026-11-20T10:00:00.000Z',
  updated_at: '2026-11-20T10:00:00.000Z',
};
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=';

export const listWebhooksOperation = operation({
  method: 'GET',
  path: '/webhooks',
  operationId: 'listWebhooks',
  tag,
  summary: 'List my webhooks, newest first',
  access: 'signed-in',
  scope: 'read:webhooks',
  query: listWebhooks.request,
  response: listWebhooks.response,
  responseExample: { total: 1, page: 1, per_page: 20, total_pages: 1, webhooks: [example] },
});

export const createWebhookOperation = operation({
  method: 'POST',
  path: '/webhooks',
  operationId: 'createWebhook',
  tag,
  summary: 'Have a program of mine called when something happens',
  description:
    'Calls are POSTs of `{type, timestamp, data}`, signed by the rules of Standard Webhooks (headers `webhook-id`, `webhook-timestamp`, `webhook-signature`): verify them with a library of it and the `secret` of this answer, which is shown this once. A call is a success when the receiver answers 2xx within 15 s; redirects are not followed. What fails is repeated for a day (after 5 s, 5 min, 30 min, 2 h, 5 h, 8 h, 8 h); the same `webhook-id` twice is the same message. `429` and `503` with `Retry-After` are honoured, `410` switches the webhook off. Takes no `Idempotency-Key`: to repeat the answer, the secret would have to be stored.',
  access: 'signed-in',
  scope: 'write:webhooks',
  body: CreateWebhookBody,
  bodyExample: { url: example.url, description: example.description, event_types: example.event_types },
  status: 201,
  response: NewWebhook,
  responseExample: { ...example, secret },
  errors: ['LIMIT_REACHED'],
});

export const getWebhookOperation = operation({
  method: 'GET',
  path: '/webhooks/{id}',
  operationId: 'getWebhook',
  tag,
  summary: 'Read one of my webhooks (never its secret)',
  access: 'signed-in',
  scope: 'read:webhooks',
  params: ById,
  response: Webhook,
  responseExample: example,
  errors: ['NOT_FOUND'],
});

export const updateWebhookOperation = operation({
  method: 'PUT',
  path: '/webhooks/{id}',
  operationId: 'updateWebhook',
  tag,
  summary: 'Change one of my webhooks, or switch it off and on',
  description:
    'What is absent stays. What happens while it is switched off is not sent later; what waited is dropped and can be replayed.',
  access: 'signed-in',
  scope: 'write:webhooks',
  params: ById,
  body: UpdateWebhookBody,
  bodyExample: { description: 'Spreadsheet at work', event_types: ['jobs-ingestion.match.found.v1'] },
  response: Webhook,
  responseExample: {
    ...example,
    description: 'Spreadsheet at work',
    event_types: ['jobs-ingestion.match.found.v1'],
    updated_at: '2026-11-21T10:00:00.000Z',
  },
  errors: ['NOT_FOUND'],
});

export const deleteWebhookOperation = operation({
  method: 'DELETE',
  path: '/webhooks/{id}',
  operationId: 'deleteWebhook',
  tag,
  summary: 'Delete one of my webhooks, and the log of its deliveries',
  access: 'signed-in',
  scope: 'write:webhooks',
  params: ById,
  status: 204,
  errors: ['NOT_FOUND'],
});

export const rotateWebhookSecretOperation = operation({
  method: 'POST',
  path: '/webhooks/{id}/rotate',
  operationId: 'rotateWebhookSecret',
  tag,
  summary: 'Give one of my webhooks a new secret',
  description:
    'For 24 hours calls are signed with both secrets, so that the receiver can change over. A secret that was still good from a rotation before stops counting at once: rotate twice when one has leaked. Takes no `Idempotency-Key`: to repeat the answer, the secret would have to be stored.',
  access: 'signed-in',
  scope: 'write:webhooks',
  params: ById,
  response: NewWebhook,
  responseExample: {
    ...example,
    previous_secret_expires_at: '2026-11-22T10:00:00.000Z',
    updated_at: '2026-11-21T10:00:00.000Z',
    secret,
  },
  errors: ['NOT_FOUND'],
});
