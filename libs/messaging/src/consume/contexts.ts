import type { Tx } from '#persistence';

export interface EventContext {
  /** The transaction that already holds the inbox row; all effects belong into it. */
  tx: Tx;
  attempt: number;
  requestId: string;
  traceparent?: string;
}

export interface WorkContext {
  attempt: number;
  /** True on the last try before the message goes to the dead letters. */
  lastAttempt: boolean;
  requestId: string;
  traceparent?: string;
  /** Fires on shutdown: stop, throw, and another replica takes over. */
  signal: AbortSignal;
  /** Writes the inbox row in the transaction that commits the result: a redelivery then has no second effect. */
  done(tx: Tx): Promise<void>;
}
