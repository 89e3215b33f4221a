/** How messaging behaves in one process. Every duration is in milliseconds. */
export interface MessagingOptions {
  /** Waits before the second, third … attempt. With five attempts: 51 s, and at most 61 s with jitter. */
  retryDelaysMs: readonly number[];
  /** Attempts of an event before it goes to the dead letters; commands say their own. */
  eventAttempts: number;
  /** Events are redelivered when their handler neither ended nor reported progress for this long. */
  eventAckWaitMs: number;
  /** Longest wait of one pull; also the longest a stop waits for an idle consumer. */
  fetchWaitMs: number;
  /** Requests of one service that run at once; the rest waits in line, where its deadline is watched. */
  requestsAtOnce: number;
  /** Longer lines are answered `unavailable` at once: an answer after the deadline is worth nothing. */
  requestsWaiting: number;
  relayPollMs: number;
  relayBatchRows: number;
  /** Publishes that wait for their confirmation at the same time. */
  relayInFlight: number;
  relayLongestBackOffMs: number;
  /** How often the ledger is compared with the bus while the connection holds. */
  ledgerEveryMs: number;
  telemetryEveryMs: number;
  pruneEveryMs: number;
  /** How long published rows stay: what the bus may lose and get back. At least 7 days. */
  outboxKeptMs: number;
  /** Longer than events stay in their stream (30 days): a message must not outlive the memory that it was handled. */
  inboxKeptMs: number;
  idempotencyKeptMs: number;
  /** Replayed dead letters. */
  deadLettersKeptMs: number;
  /** Those nobody decided about. */
  openDeadLettersKeptMs: number;
}

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;

export const messagingDefaults: MessagingOptions = {
  retryDelaysMs: [1 * SECOND, 5 * SECOND, 15 * SECOND, 30 * SECOND],
  eventAttempts: 5,
  eventAckWaitMs: 30 * SECOND,
  fetchWaitMs: 2 * SECOND,
  requestsAtOnce: 64,
  requestsWaiting: 1000,
  relayPollMs: 1 * SECOND,
  // At most this many messages go out twice when a relay dies between confirmation and mark.
  relayBatchRows: 100,
  relayInFlight: 64,
  relayLongestBackOffMs: 30 * SECOND,
  ledgerEveryMs: 5 * SECOND,
  telemetryEveryMs: 1 * SECOND,
  pruneEveryMs: 10 * 60 * SECOND,
  outboxKeptMs: 7 * DAY,
  inboxKeptMs: 35 * DAY,
  idempotencyKeptMs: 25 * HOUR,
  deadLettersKeptMs: 30 * DAY,
  openDeadLettersKeptMs: 365 * DAY,
};
