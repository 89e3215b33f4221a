import type { Retention } from '#persistence';
import type { MessagingOptions } from './messaging-options.js';

type Periods = Pick<
  MessagingOptions,
  'outboxKeptMs' | 'inboxKeptMs' | 'idempotencyKeptMs' | 'deadLettersKeptMs' | 'openDeadLettersKeptMs'
>;

/** The tables every service has beside its own. */
export const messagingRetention = (options: Periods): Retention => ({
  outbox: {
    purpose: 'messages until the bus has them, then to refill a bus that lost them',
    until: 'sweep',
    sweeps: [
      {
        since: 'published_at',
        event: 'it was published',
        keptMs: options.outboxKeptMs,
        setting: 'OUTBOX_KEPT_DAYS',
      },
    ],
  },
  inbox: {
    purpose: 'ids of messages, so that none has its effect twice',
    until: 'sweep',
    sweeps: [
      { since: 'processed_at', event: 'it was handled', keptMs: options.inboxKeptMs, setting: 'INBOX_KEPT_DAYS' },
    ],
  },
  idempotency_keys: {
    purpose: 'repeating the answer to an Idempotency-Key',
    until: 'sweep',
    sweeps: [
      {
        since: 'created_at',
        event: 'it was used',
        keptMs: options.idempotencyKeptMs,
        setting: 'IDEMPOTENCY_KEPT_HOURS',
      },
    ],
  },
  dead_letters: {
    purpose: 'messages that failed for good, until somebody decides',
    until: 'sweep',
    sweeps: [
      { since: 'replayed_at', event: 'it was replayed', keptMs: options.deadLettersKeptMs },
      {
        since: 'failed_at',
        event: 'it failed, where nobody replayed it',
        keptMs: options.openDeadLettersKeptMs,
        where: 'replayed_at IS NULL',
      },
    ],
  },
  relay_ledger: {
    purpose: 'how far the bus confirmed',
    until: { never: 'one row per stream' },
  },
  user_data_part: {
    purpose: 'the part of an export until it is fetched',
    until: 'sweep',
    sweeps: [{ since: 'expires_at', event: 'it expired', keptMs: 0 }],
  },
  user_data_piece: { purpose: 'its bytes', until: { parent: 'user_data_part' } },
  erased_user: {
    purpose: 'a random id, by which late and replayed messages about somebody who was erased are dropped',
    until: { never: 'without it he would come back with a dead letter or a restored bus' },
  },
  migrations: { purpose: 'what the database is made of', until: { never: 'each runs once' } },
});
