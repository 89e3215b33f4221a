import { Closed, listWebhookDeliveries, Uuid, WebhookDeliveriesQuery, WebhookDelivery } from '#contracts';
import { operation } from '../http/operation.js';
import { ById, tag } from './webhooks.operations.js';

const ByDelivery = Closed({ ...ById.properties, delivery_id: Uuid({ description: 'Id of the delivery.' }) });
const at = '2026-11-20T10:00:00.000Z';
const test = {
  id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d92',
  message_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d92',
  replay_of: null,
  event_type: 'webhook.test',
  payload: { type: 'webhook.test', timestamp: at, data: { webhook_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d91' } },
  status: 'succeeded' as const,
  error: null,
  answer: null,
  attempts: [{ at, duration_ms: 84, status_code: 204, error: null }],
  next_attempt_at: null,
  created_at: at,
  finished_at: '2026-11-20T10:00:00.090Z',
};
const failed = {
  ...test,
  id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d93',
  message_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d93',
  event_type: 'applications.application.deleted.v1',
  payload: {
    type: 'applications.application.deleted.v1',
    timestamp: at,
    data: {
      user_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11',
      application_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d41',
      posting_id: null,
    },
  },
  status: 'pending' as const,
  error: 'status' as const,
  answer: 'database is read-only',
  attempts: [{ at, duration_ms: 31, status_code: 500, error: 'status' as const }],
  next_attempt_at: '2026-11-20T10:00:05.000Z',
  finished_at: null,
};

export const testWebhookOperation = operation({
  method: 'POST',
  path: '/webhooks/{id}/test',
  operationId: 'testWebhook',
  tag,
  summary: 'Call my webhook now, and see what comes of it',
  description:
    'Sends a message of the type `webhook.test`, once, also to a webhook that is switched off, and waits for the outcome: `status`, and in `attempts` what the receiver answered and how long it took. (`pending`: it is under way; the log of deliveries has it later.) A test that fails counts for nothing.',
  access: 'signed-in',
  scope: 'write:webhooks',
  // The receiver may take 15 s.
  timeoutMs: 20_000,
  params: ById,
  status: 201,
  idempotent: true,
  response: WebhookDelivery,
  responseExample: test,
  errors: ['NOT_FOUND', 'LIMIT_REACHED'],
});

export const listWebhookDeliveriesOperation = operation({
  method: 'GET',
  path: '/webhooks/{id}/deliveries',
  operationId: 'listWebhookDeliveries',
  tag,
  summary: 'What was sent to my webhook, newest first, and what came of it',
  description:
    'Kept for 30 days after the last attempt. Of what a receiver answers, only the start of a refusal is kept.',
  access: 'signed-in',
  scope: 'read:webhooks',
  params: ById,
  query: WebhookDeliveriesQuery,
  response: listWebhookDeliveries.response,
  responseExample: { total: 1, page: 1, per_page: 20, total_pages: 1, deliveries: [failed] },
  errors: ['NOT_FOUND'],
});

export const replayWebhookDeliveryOperation = operation({
  method: 'POST',
  path: '/webhooks/{id}/deliveries/{delivery_id}/replay',
  operationId: 'replayWebhookDelivery',
  tag,
  summary: 'Send a delivery that is over once more',
  description:
    'A delivery of its own with the same message: body and `webhook-id` are those of the original, so that a receiver which had it can tell. 409 while the original is still being tried, or the webhook is switched off.',
  access: 'signed-in',
  scope: 'write:webhooks',
  params: ByDelivery,
  status: 201,
  idempotent: true,
  response: WebhookDelivery,
  responseExample: {
    ...failed,
    id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d94',
    replay_of: failed.id,
    error: null,
    answer: null,
    attempts: [],
  },
  errors: ['NOT_FOUND', 'CONFLICT', 'LIMIT_REACHED'],
});
