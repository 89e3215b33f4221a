import type { WebhookDisabledReason } from '#contracts';
import type { Occasion } from './occasion.js';

const BECAUSE: Readonly<Record<Exclude<WebhookDisabledReason, 'owner'>, string>> = {
  failing: 'every call of it has failed for days',
  gone: 'its receiver answered that it is gone (410)',
};

/** Only the host: what comes after it in the address may be a secret. */
export const webhookOccasion = (
  webhook: { id: string; user_id: string; url: string },
  reason: keyof typeof BECAUSE,
  at: Date,
): Occasion => ({
  key: `webhook-disabled:${webhook.id}:${at.toISOString()}`,
  userId: webhook.user_id,
  type: 'webhook_disabled',
  priority: 'high',
  title: `Your webhook at ${new URL(webhook.url).host} was switched off`,
  message: `It is called no more, because ${BECAUSE[reason]}. Repair the receiver, then switch the webhook on again.`,
  data: { webhook_id: webhook.id, reason },
});
