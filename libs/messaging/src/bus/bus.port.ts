/**
 * The bus as a port of few verbs, with two adapters (NATS, local) under one contract suite. Inbox, back-off, dead
 * letters, heartbeat and metrics are shared code above it, so an adapter knows nothing about handlers.
 */
export type Headers = Readonly<Record<string, string>>;

export interface BusMessage {
  subject: string;
  payload: Uint8Array;
  headers: Headers;
}

export interface Appended {
  stream: string;
  /** 1-based position in the stream; only ever grows while the stream lives. */
  sequence: number;
  /** True when the message id was already in the stream's duplicate window. */
  duplicate: boolean;
}

/** A durable reader of one stream: NATS's durable pull consumer, or a cursor row of the local log. */
export interface ConsumerSpec {
  stream: string;
  /** `<reader>-<feature>`, no dots. */
  durable: string;
  /** One subject or wildcard; servers before 2.10 take only one. */
  filterSubject: string;
  /** Redelivered when neither acked, nor extended, within this time. */
  ackWaitMs: number;
  /** Most messages handed out and not yet settled, over all replicas. */
  maxAckPending: number;
}

export interface Delivery extends BusMessage {
  /** Event or command id, from the message id header. */
  messageId: string;
  stream: string;
  sequence: number;
  /** 1 on first delivery. */
  attempt: number;
  ack(): Promise<void>;
  nak(delayMs: number): Promise<void>;
  /** Heartbeat: starts the ack-wait anew. */
  extend(): Promise<void>;
  /** Settled for good without success (after it was copied to the dead letters). */
  terminate(): Promise<void>;
}

export interface StreamState {
  name: string;
  /** Changes when the stream was deleted and made again. */
  created: string;
  lastSequence: number;
  /** Highest position a durable believes it was handed; more than `lastSequence` after a torn copy of the store. */
  readUpTo: number;
  /** Generation of the last rewind; undefined where readers cannot get ahead of their stream. */
  rewound?: number;
}

/**
 * Positions from `from` on were given away a second time, so what a durable knows of them is about other messages: it
 * goes back there (or stays behind, if it is), once per generation. Generations only grow.
 */
export interface Rewind {
  generation: number;
  from: number;
}

export interface Unsubscribe {
  (): Promise<void>;
}

export interface Bus {
  readonly adapter: 'nats' | 'local';
  /** Rejects with AppError `unavailable` when nobody listens and `timeout` when the deadline passes. */
  request(message: BusMessage, timeoutMs: number): Promise<{ payload: Uint8Array; headers: Headers }>;
  /** Answers requests on a subject; replicas of one queue share them. The responder never rejects. */
  respond(
    subject: string,
    queue: string,
    responder: (message: BusMessage) => Promise<{ payload: Uint8Array; headers: Headers }>,
  ): Promise<Unsubscribe>;
  /** At most once, to whoever listens now: live pushes, counters, cache invalidation. */
  publish(message: BusMessage): Promise<void>;
  /** Hears `publish`, and `append` as it happens (without durability). */
  subscribe(subject: string, listener: (message: BusMessage) => void): Promise<Unsubscribe>;
  /** Durable: resolves when the stream has stored it. The same message id within the window is stored once. */
  append(stream: string, messageId: string, message: BusMessage): Promise<Appended>;
  /**
   * Up to `max` deliveries, waiting at most `waitMs` for the first, and no longer than until `stop` fires. Creates the
   * durable when it is not there.
   */
  fetch(consumer: ConsumerSpec, max: number, waitMs: number, stop?: AbortSignal): Promise<Delivery[]>;
  /** Messages not yet settled by this durable (waiting and handed out); the scaling signal. */
  lag(consumer: ConsumerSpec): Promise<number>;
  streamState(stream: string): Promise<StreamState>;
  /** Tells the readers of an own stream; those that are away find it when they come back. */
  rewindReaders(stream: string, rewind: Rewind): Promise<void>;
  /** Calls back whenever the connection is (re-)established; the relay then compares ledgers. */
  onConnected(listener: () => void): void;
  isConnected(): boolean;
  /** Stops taking, lets what runs finish, closes. */
  close(): Promise<void>;
}
