import { defineSettings, setting, type SettingsOf } from '#platform';
import { messagingDefaults, type MessagingOptions } from './messaging-options.js';

const DAY_MS = 24 * 3600 * 1000;

/** What an operator may want to turn; everything else is a constant with a reason. */
export const messagingSettings = defineSettings({
  RELAY_POLL_MS: setting.integer({
    default: messagingDefaults.relayPollMs,
    min: 50,
    max: 60_000,
    unit: 'ms',
    description: 'How often the outbox is looked at when nobody woke its relay',
  }),
  RELAY_BATCH_ROWS: setting.integer({
    default: messagingDefaults.relayBatchRows,
    min: 1,
    max: 1000,
    unit: 'rows',
    description: 'Rows published per transaction; at most this many go out twice when a relay dies',
  }),
  OUTBOX_KEPT_DAYS: setting.integer({
    default: messagingDefaults.outboxKeptMs / DAY_MS,
    min: 7,
    max: 365,
    unit: 'days',
    description: 'How long published rows stay, to refill a bus that lost them',
  }),
  INBOX_KEPT_DAYS: setting.integer({
    default: messagingDefaults.inboxKeptMs / DAY_MS,
    min: 31,
    max: 730,
    unit: 'days',
    description: 'How long it is remembered which messages were handled; longer than streams keep events (30 days)',
  }),
  IDEMPOTENCY_KEPT_HOURS: setting.integer({
    default: messagingDefaults.idempotencyKeptMs / (DAY_MS / 24),
    min: 24,
    max: 720,
    unit: 'hours',
    description: 'How long the answer to an Idempotency-Key is repeated',
  }),
  REQUESTS_AT_ONCE: setting.integer({
    default: messagingDefaults.requestsAtOnce,
    min: 1,
    max: 10_000,
    description: 'Requests of one service that run at the same time in a process; the others wait in line',
  }),
});
export type MessagingSettings = SettingsOf<typeof messagingSettings>;

/** For `MessagingModule.forRoot(bus, messagingOptions(settings))`. */
export const messagingOptions = (settings: MessagingSettings): Partial<MessagingOptions> => ({
  relayPollMs: settings.RELAY_POLL_MS,
  relayBatchRows: settings.RELAY_BATCH_ROWS,
  outboxKeptMs: settings.OUTBOX_KEPT_DAYS * DAY_MS,
  inboxKeptMs: settings.INBOX_KEPT_DAYS * DAY_MS,
  idempotencyKeptMs: settings.IDEMPOTENCY_KEPT_HOURS * (DAY_MS / 24),
  requestsAtOnce: settings.REQUESTS_AT_ONCE,
});
