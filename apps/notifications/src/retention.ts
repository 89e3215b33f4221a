import type { Retention } from '#persistence';
import type { NotificationsOwnSettings } from './config.js';

const DAY = 86_400_000;

export const notificationsRetention = ({
  NOTIFICATIONS_KEPT,
}: Pick<NotificationsOwnSettings, 'NOTIFICATIONS_KEPT'>): Retention => ({
  notification: {
    purpose: 'telling the person in the product',
    until: 'sweep',
    sweeps: [{ since: 'created_at', event: 'it was told', keptMs: NOTIFICATIONS_KEPT, setting: 'NOTIFICATIONS_KEPT' }],
  },
  notification_counter: { purpose: 'numbering what a person is told, without a gap', until: 'erasure' },
  delivery: {
    purpose: 'what became of a mail; what it said is gone when it is over',
    until: 'sweep',
    sweeps: [{ since: 'finished_at', event: 'it was sent or given up', keptMs: 30 * DAY }],
  },
  local_mail: {
    // Shorter than its delivery is kept, by which an erasure finds it.
    purpose: 'mails of an installation without a mail server, encrypted',
    until: 'sweep',
    sweeps: [{ since: 'created_at', event: 'it was written', keptMs: 7 * DAY }],
  },
  webhook: { purpose: 'whom to call; the secret before goes a day after a rotation', until: 'erasure' },
  webhook_delivery: {
    purpose: 'the log of calls, and replaying them',
    until: 'sweep',
    sweeps: [{ since: 'finished_at', event: 'it succeeded or was given up', keptMs: 30 * DAY }],
  },
  account_access: { purpose: 'not calling the webhooks of a blocked account', until: 'erasure' },
});
