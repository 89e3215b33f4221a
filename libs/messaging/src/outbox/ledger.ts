import { eventStream, type ServiceName } from '#contracts';
import type { Database, UnitOfWork } from '#persistence';
import type { Logger, Metrics } from '#platform';
import { Bell } from '../bell.js';
import type { Appended, Bus, BusMessage, Rewind, StreamState } from '../bus/bus.port.js';
import { ledgerRepository, type LedgerRow } from './ledger.repository.js';
import { outboxRepository } from './outbox.repository.js';

export interface LedgerParts {
  service: ServiceName;
  bus: Bus;
  database: Database;
  unitOfWork: UnitOfWork;
  everyMs: number;
  logger: Logger;
  metrics: Metrics;
}

/** What this process knows of one stream. */
interface Known {
  generation: number;
  /** Highest confirmed position, of all replicas as far as the ledger told, and of this process. */
  highest: number;
}

/**
 * Finds what the bus confirmed and lost, and puts it back in line. PostgreSQL is the ledger; the bus is a cache of it
 * (a broker may confirm before it flushes, and starts happily on an old copy of its store).
 *
 * Four signs of a loss:
 * - the stream was made anew (`created` differs): everything kept is published again;
 * - the stream ends before a position it confirmed: what came after its end is published again;
 * - a new message took a position that was given away before: messages that were on their way while the bus restarted
 *   can fill the gap before anybody looked, so the end alone would hide it. That is why all appends of a service go
 *   through here. Between a lost connection and the first look after it nothing is published, for the same reason;
 * - a durable was handed more than its stream has (a copy made while the server wrote, a power cut).
 *
 * Readers stand where they stood, and what they were handed at a position before the loss is not what is there now. So
 * with every loss on its own event stream the service tells them to go back (`rewindReaders`) to below the first
 * position that may have been given away again. It does not matter who is first: what is published before a reader has
 * gone back is above that position all the same. On work queues the one reader finds what it passed over by itself.
 *
 * The duplicate window does not stand in the way: a broker rebuilds its map of message ids from the messages it still
 * has, so it refuses exactly those it did not lose (they are confirmed as duplicates at their old position, which is
 * right). What readers had handled before the loss they know from their inbox.
 *
 * What stays open: on a command stream that several services write, another service's new messages can hide the loss
 * of this one's if they outnumber the lost ones before this one has reconnected. The daily comparison of outbox and
 * inbox finds that.
 */
export class LossDetector {
  private readonly bell = new Bell();
  private readonly known = new Map<string, Known>();
  private readonly suspected = new Set<string>();
  /** Could not be compared: its state is not to be had, because the bus or just this stream is away. */
  private readonly unread = new Set<string>();
  private looked = false;
  private stopped = true;
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly parts: LedgerParts,
    private readonly onVerified: () => void,
  ) {}

  /** False between a lost connection and the first look after it: nothing may be published meanwhile. */
  get mayPublish(): boolean {
    return this.looked && this.parts.bus.isConnected();
  }

  /** Streams that must wait although others may go on. */
  get heldBack(): string[] {
    return [...this.suspected, ...this.unread];
  }

  start(): void {
    this.stopped = false;
    this.parts.bus.onConnected(() => this.doubt());
    this.loop = this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.bell.ring();
    await this.loop;
  }

  /** Publishes, and watches at which position. */
  async append(stream: string, messageId: string, message: BusMessage): Promise<Appended> {
    const known = this.known.get(stream);
    const before = known?.highest ?? 0;
    let appended: Appended;
    try {
      appended = await this.parts.bus.append(stream, messageId, message);
    } catch (error) {
      if (!this.parts.bus.isConnected()) this.doubt();
      throw error;
    }
    // Another generation meanwhile: its positions are not comparable with what was known before.
    if (known === undefined || this.known.get(stream) !== known) return appended;
    if (!appended.duplicate && appended.sequence <= before) {
      this.suspected.add(stream);
      this.doubt();
    }
    known.highest = Math.max(known.highest, appended.sequence);
    return appended;
  }

  /** Takes over what the ledger says; a new generation starts from its own positions. */
  learn(rows: readonly LedgerRow[]): void {
    for (const { stream, generation, maxAckedSequence } of rows) {
      const known = this.known.get(stream);
      if (known?.generation === generation) known.highest = Math.max(known.highest, maxAckedSequence);
      else this.known.set(stream, { generation, highest: maxAckedSequence });
    }
  }

  private doubt(): void {
    this.looked = false;
    this.bell.ring();
  }

  private async run(): Promise<void> {
    const { everyMs, bus } = this.parts;
    while (!this.stopped) {
      const couldPublish = this.looked;
      const heldBack = this.heldBack.length;
      if (bus.isConnected()) await this.look();
      const isBetter = this.looked && (!couldPublish || this.heldBack.length < heldBack);
      if (isBetter) this.onVerified();
      const isWell = this.looked && this.heldBack.length === 0;
      await this.bell.wait(isWell ? everyMs : Math.min(1000, everyMs));
    }
  }

  /** Compares every stream this service has published to. */
  private async look(): Promise<void> {
    try {
      const rows = await ledgerRepository.all(this.parts.database);
      this.learn(rows);
      // Doubts that come up while we look are for the next look.
      this.looked = true;
      for (const row of rows) await this.compare(row);
    } catch (error) {
      this.looked = false;
      this.parts.logger.warn('the ledger could not be compared with the bus', undefined, error);
    }
  }

  private async compare(row: LedgerRow): Promise<void> {
    const state = await this.stateOf(row.stream);
    if (state === undefined) {
      this.unread.add(row.stream);
      return;
    }
    if (this.suspected.has(row.stream) || isLost(row, state)) await this.refill(row, state);
    else if (state.rewound !== undefined && state.rewound < row.generation) {
      // Whoever found that loss died before it told, or the note went the way of the messages. Where it began nobody
      // knows any more.
      await this.rewind(row.stream, { generation: row.generation, from: 1 });
    }
    this.unread.delete(row.stream);
  }

  /** Undefined while the bus, or just this stream, is away. */
  private async stateOf(stream: string): Promise<StreamState | undefined> {
    try {
      return await this.parts.bus.streamState(stream);
    } catch (error) {
      this.parts.logger.warn('the state of a stream cannot be read; its messages wait', { stream }, error);
      return undefined;
    }
  }

  private async refill(seen: LedgerRow, state: StreamState): Promise<void> {
    const { stream } = seen;
    const found = await this.parts.unitOfWork.run(async (tx) => {
      // Under the lock: another replica may have found and mended it meanwhile.
      const current = await ledgerRepository.lock(tx, stream);
      if (current === undefined || current.generation !== seen.generation) return undefined;
      const remade = current.created !== state.created;
      const keptUpTo = remade ? 0 : Math.max(0, state.lastSequence - POSITIONS_FILLED_MEANWHILE);
      const rows = await outboxRepository.republish(tx, stream, keptUpTo);
      // Also above what the bus says: a database may have been put back to an older copy as well.
      const generation = Math.max(current.generation, state.rewound ?? 0) + 1;
      await ledgerRepository.reset(tx, {
        stream,
        created: state.created,
        maxAckedSequence: state.lastSequence,
        generation,
      });
      return { rows, remade, keptUpTo, generation, confirmed: current.maxAckedSequence };
    });
    this.suspected.delete(stream);
    if (found === undefined) return;
    this.known.set(stream, { generation: found.generation, highest: state.lastSequence });
    this.report(stream, state, found);
    this.onVerified();
    await this.rewind(stream, { generation: found.generation, from: found.keptUpTo + 1 });
  }

  /** If it fails, the next look finds a note that is older than the ledger. */
  private async rewind(stream: string, rewind: Rewind): Promise<void> {
    if (stream !== eventStream(this.parts.service)) return;
    try {
      await this.parts.bus.rewindReaders(stream, rewind);
    } catch (error) {
      this.parts.logger.warn('readers could not be told to go back', { stream, ...rewind }, error);
    }
  }

  private report(
    stream: string,
    state: StreamState,
    found: { rows: number; remade: boolean; confirmed: number },
  ): void {
    const { logger, metrics, service } = this.parts;
    const labels = { service, stream };
    metrics.counter('bus_losses_total', 'Times the bus lost what it had confirmed', ['service', 'stream']).inc(labels);
    metrics
      .counter('bus_republished_total', 'Messages published again after a loss', ['service', 'stream'])
      .inc(labels, found.rows);
    logger.error('the bus lost confirmed messages; they are published again', undefined, {
      stream,
      remade: found.remade,
      confirmed_up_to: found.confirmed,
      bus_ends_at: state.lastSequence,
      read_up_to: state.readUpTo,
      published_again: found.rows,
    });
  }
}

/**
 * Between the restart of the bus and the first look, messages that were on their way may have filled positions of lost
 * ones: 10 replicas with 64 publishes each and the telemetry, rounded up. Publishing a little too much again is cheap.
 */
const POSITIONS_FILLED_MEANWHILE = 1000;

const isLost = (row: LedgerRow, state: StreamState): boolean =>
  row.created !== state.created || state.lastSequence < row.maxAckedSequence || state.lastSequence < state.readUpTo;
