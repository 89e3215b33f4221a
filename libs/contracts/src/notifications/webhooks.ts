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
  WebUrl,
} from '../schema.js';
import { WEBHOOK_EVENT_TYPES, WEBHOOK_TEST_TYPE } from './webhook-events.js';

export const WEBHOOK_STATUSES = ['enabled', 'disabled'] as const;
/** owner: he said so; failing: it failed for too long; gone: the receiver answered 410. */
export const WEBHOOK_DISABLED_REASONS = ['owner', 'failing', 'gone'] as const;
export type WebhookDisabledReason = (typeof WEBHOOK_DISABLED_REASONS)[number];

const EventTypes = Type.Array(StringEnum(WEBHOOK_EVENT_TYPES), {
  minItems: 1,
  maxItems: WEBHOOK_EVENT_TYPES.length,
  uniqueItems: true,
});

export const Webhook = Closed({
  id: Uuid(),
  url: Type.String(),
  description: Nullable(Type.String()),
  event_types: EventTypes,
  status: StringEnum(WEBHOOK_STATUSES),
  disabled_reason: Nullable(
    StringEnum(WEBHOOK_DISABLED_REASONS, {
      description: '`owner` switched it off, it was `failing` for too long, or its receiver said it is `gone` (410).',
    }),
  ),
  failing_since: Nullable(Timestamp({ description: 'When the first call failed that no success has followed yet.' })),
  previous_secret_expires_at: Nullable(
    Timestamp({ description: 'Until then calls are signed with the secret before the last rotation, too.' }),
  ),
  created_at: Timestamp(),
  updated_at: Timestamp(),
});
export type Webhook = Static<typeof Webhook>;

export const NewWebhook = Closed({
  ...Webhook.properties,
  secret: Type.String({
    description: 'What calls are signed with (`whsec_…`, Standard Webhooks). Shown by this answer and nowhere else.',
  }),
});
export type NewWebhook = Static<typeof NewWebhook>;

const Url = () =>
  WebUrl({
    description: 'https, on the public internet, without a user name or password in it.',
    examples: ['https://hooks.example/career-copilot'],
  });

export const CreateWebhookBody = Closed({
  url: Url(),
  description: Type.Optional(Nullable(Line(1, 200))),
  event_types: EventTypes,
});
export type CreateWebhookBody = Static<typeof CreateWebhookBody>;

/** What is absent stays as it is. */
export const UpdateWebhookBody = Closed({
  url: Type.Optional(Url()),
  description: Type.Optional(Nullable(Line(1, 200))),
  event_types: Type.Optional(EventTypes),
  status: Type.Optional(
    StringEnum(WEBHOOK_STATUSES, {
      description: '`disabled` drops what still waits; `enabled` begins anew, and counts failures anew.',
    }),
  ),
});
export type UpdateWebhookBody = Static<typeof UpdateWebhookBody>;

export const WEBHOOK_DELIVERY_STATUSES = ['pending', 'succeeded', 'failed'] as const;
/**
 * Why a call, or a delivery as a whole, failed. refused: the URL leads where we do not call; connection: no connection
 * or it broke; status: it answered something else than 2xx; redirect: it wanted to send us elsewhere; disabled: the
 * webhook was switched off, or its owner blocked, before; queue-full: too many waited already; ours: a fault on our side.
 */
export const WEBHOOK_ERRORS = [
  'timeout',
  'connection',
  'refused',
  'status',
  'redirect',
  'disabled',
  'queue-full',
  'ours',
] as const;
export type WebhookError = (typeof WEBHOOK_ERRORS)[number];

export const WebhookAttempt = Closed({
  at: Timestamp(),
  duration_ms: Type.Integer({ minimum: 0 }),
  status_code: Nullable(Type.Integer({ description: 'What the receiver answered; null when it did not.' })),
  error: Nullable(StringEnum(WEBHOOK_ERRORS)),
});
export type WebhookAttempt = Static<typeof WebhookAttempt>;

export const WebhookDelivery = Closed({
  id: Uuid(),
  message_id: Uuid({ description: 'The header `webhook-id`: the same for every attempt and every replay.' }),
  replay_of: Nullable(Uuid({ description: 'The delivery this one repeats.' })),
  event_type: StringEnum([...WEBHOOK_EVENT_TYPES, WEBHOOK_TEST_TYPE]),
  payload: Closed(
    { type: Type.String(), timestamp: Timestamp(), data: Type.Record(Type.String(), Type.Unknown()) },
    { description: 'The body, byte for byte as JSON without blanks.' },
  ),
  status: StringEnum(WEBHOOK_DELIVERY_STATUSES),
  error: Nullable(StringEnum(WEBHOOK_ERRORS, { description: 'Of the last attempt; null after a success.' })),
  answer: Nullable(Type.String({ description: 'The first characters of the last answer that was a refusal.' })),
  attempts: Type.Array(WebhookAttempt),
  next_attempt_at: Nullable(Timestamp()),
  created_at: Timestamp(),
  finished_at: Nullable(Timestamp()),
});
export type WebhookDelivery = Static<typeof WebhookDelivery>;

const ById = Closed({ webhook_id: Uuid() });
export const listWebhooks = defineRpc('notifications', 'webhook.list', {
  request: Closed(PageQuery),
  response: Page('webhooks', Webhook),
});
export const getWebhook = defineRpc('notifications', 'webhook.get', { request: ById, response: Webhook });
/** Not repeatable by an idempotency key: the answer would have to be stored, and the secret with it. */
export const createWebhook = defineRpc('notifications', 'webhook.create', {
  request: CreateWebhookBody,
  response: NewWebhook,
});
export const updateWebhook = defineRpc('notifications', 'webhook.update', {
  request: Closed({ webhook_id: Uuid(), ...UpdateWebhookBody.properties }),
  response: Webhook,
});
export const deleteWebhook = defineRpc('notifications', 'webhook.delete', { request: ById, response: Empty });
/** Not repeatable by an idempotency key, as above. */
export const rotateWebhookSecret = defineRpc('notifications', 'webhook.rotate-secret', {
  request: ById,
  response: NewWebhook,
});
export const testWebhook = defineRpc('notifications', 'webhook.test', {
  request: ById,
  response: WebhookDelivery,
  idempotent: true,
});

export const WebhookDeliveriesQuery = Closed({
  ...PageQuery,
  status: Type.Optional(StringEnum(WEBHOOK_DELIVERY_STATUSES)),
  event_type: Type.Optional(StringEnum([...WEBHOOK_EVENT_TYPES, WEBHOOK_TEST_TYPE])),
});
export type WebhookDeliveriesQuery = Static<typeof WebhookDeliveriesQuery>;
export const listWebhookDeliveries = defineRpc('notifications', 'webhook-delivery.list', {
  request: Closed({ webhook_id: Uuid(), ...WebhookDeliveriesQuery.properties }),
  response: Page('deliveries', WebhookDelivery),
});
export const replayWebhookDelivery = defineRpc('notifications', 'webhook-delivery.replay', {
  request: Closed({ webhook_id: Uuid(), delivery_id: Uuid() }),
  response: WebhookDelivery,
  idempotent: true,
});
