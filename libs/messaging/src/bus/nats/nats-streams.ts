import { setTimeout as sleep } from 'node:timers/promises';
import type { JetStreamManager } from '@nats-io/jetstream';
import { ensureTopology, TopologyError } from '../../topology/ensure-topology.js';
import type { StreamSpec } from '../../topology/topology.js';
import type { Rewind, StreamState } from '../bus.port.js';
import type { BusLogger } from '../bus-errors.js';
import { NatsStartError } from './connect-nats.js';
import { API_TIMEOUT_MS, type NatsApi } from './nats-api.js';
import type { NatsRequests } from './nats-requests.js';
import { noteOfStream, readDurableNote, readStreamNote } from './rewind-note.js';

export interface OwnStreams {
  /** Streams this process makes and keeps as wanted. */
  streams: readonly StreamSpec[];
  mayChange?: (stream: string) => boolean;
  logger: BusLogger;
}

/** The API answers only after the server has read its store back. */
const PAUSE_MS = 300;

/** Keeps the streams of this process as wanted: at start, after every reconnect, and when one vanished. */
export class NatsStreams {
  private made = false;
  /** Grows when what runs must stop: the connection it runs on is gone. */
  private epoch = 0;

  constructor(
    private readonly jsm: JetStreamManager,
    private readonly requests: NatsRequests,
    private readonly own: OwnStreams,
    private readonly onMadeAgain: () => void,
  ) {}

  get areMade(): boolean {
    return this.made;
  }

  connectionLost(): void {
    this.made = false;
    this.epoch += 1;
  }

  async makeAtStart(withinMs: number): Promise<void> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      try {
        return await this.make();
      } catch (error) {
        if (error instanceof TopologyError) throw error;
        if (performance.now() > deadline) {
          throw new NatsStartError(
            `NATS is there, but JetStream did not answer (${error instanceof Error ? error.message : String(error)}). ` +
              'Start the server with deploy/nats/nats.conf (its jetstream block), and write that file anew when contracts changed.',
            { cause: error },
          );
        }
        await sleep(PAUSE_MS);
      }
    }
  }

  /** A server that comes back may have lost its store. */
  async makeAgain(): Promise<void> {
    const epoch = this.epoch;
    while (epoch === this.epoch && !this.made) {
      try {
        await this.make();
      } catch (error) {
        if (epoch !== this.epoch) return;
        this.own.logger.warn('streams could not be checked', {}, error);
        // A human must look; meanwhile what is there goes on working.
        if (error instanceof TopologyError) break;
        await sleep(PAUSE_MS);
      }
    }
    if (epoch === this.epoch) this.onMadeAgain();
  }

  /** Somebody deleted a stream under a living connection: make our own anew and let the ledgers be compared. */
  missing(stream: string): void {
    if (!this.made || !this.own.streams.some((own) => own.name === stream)) return;
    this.made = false;
    this.own.logger.warn('a stream of ours is missing on NATS; making it anew', { stream });
    void this.makeAgain();
  }

  async state(stream: string, api: NatsApi): Promise<StreamState> {
    // Before the stream: so a durable that looks ahead of it is.
    const durables = this.isOwn(stream) ? await api.call(stream, (jsm) => jsm.consumers.list(stream).next()) : [];
    const { created, config, state } = await api.call(stream, (jsm) => jsm.streams.info(stream));
    const rewound = readStreamNote(config.description).generation;
    // Those that have not followed the last rewind yet are known to be ahead.
    const followed = durables.filter((durable) => readDurableNote(durable.config.description) === rewound);
    const readUpTo = Math.max(0, ...followed.map((durable) => durable.delivered.stream_seq));
    return { name: stream, created, lastSequence: state.last_seq, readUpTo, rewound };
  }

  async note(stream: string, rewind: Rewind, api: NatsApi): Promise<void> {
    await api.call(stream, (jsm) => jsm.streams.update(stream, { description: noteOfStream(rewind) }));
  }

  private isOwn(stream: string): boolean {
    const { streams, mayChange } = this.own;
    return streams.some((own) => own.name === stream) && (mayChange?.(stream) ?? true);
  }

  private async make(): Promise<void> {
    const { streams, mayChange, logger } = this.own;
    const { created, changed } = await this.requests.guard(() => ensureTopology(this.jsm, streams, mayChange), {
      subject: 'the JetStream API',
      timeoutMs: API_TIMEOUT_MS,
    });
    if (created.length > 0) logger.info('streams created', { created });
    if (changed.length > 0) logger.info('streams changed', { changed });
    this.made = true;
  }
}
