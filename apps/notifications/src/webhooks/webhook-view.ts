import type { Webhook, WebhookDelivery } from '#contracts';
import type { WebhookRow } from './webhook.repository.js';
import type { DeliveryRow } from './webhook-delivery.repository.js';

export const toWebhook = (row: WebhookRow, now: Date): Webhook => ({
  id: row.id,
  url: row.url,
  description: row.description,
  event_types: row.event_types,
  status: row.disabled_reason === null ? 'enabled' : 'disabled',
  disabled_reason: row.disabled_reason,
  failing_since: row.failing_since?.toISOString() ?? null,
  previous_secret_expires_at:
    row.previous_expires_at !== null && row.previous_expires_at > now ? row.previous_expires_at.toISOString() : null,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
});

/** What the receiver gets; made anew from the row for every attempt, and every time the same. */
export const payloadOf = (
  row: Pick<DeliveryRow, 'event_type' | 'occurred_at' | 'data'>,
): WebhookDelivery['payload'] => ({
  type: row.event_type,
  timestamp: row.occurred_at.toISOString(),
  data: row.data,
});

export const toDelivery = (row: DeliveryRow): WebhookDelivery => ({
  id: row.id,
  message_id: row.message_id,
  replay_of: row.replay_of,
  event_type: row.event_type,
  payload: payloadOf(row),
  status: row.state === 'sending' ? 'pending' : row.state,
  error: row.error,
  answer: row.answer,
  attempts: row.attempt_log,
  next_attempt_at: row.state === 'pending' ? row.next_attempt_at.toISOString() : null,
  created_at: row.created_at.toISOString(),
  finished_at: row.finished_at?.toISOString() ?? null,
});
