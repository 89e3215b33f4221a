import { AsyncResource } from 'node:async_hooks';
import { faultPoint } from '#kernel';
import type { Database, Tx, UnitOfWork } from '#persistence';
import type { Logger, Metrics } from '#platform';
import { Bell } from '../bell.js';
import type { Appended, Bus } from '../bus/bus.port.js';
import type { MessagingOptions } from '../messaging-options.js';
import type { LossDetector } from './ledger.js';
import { ledgerRepository, type LedgerRow } from './ledger.repository.js';
import { outboxRepository, type PendingRow } from './outbox.repository.js';
import { reasonOf } from '../consume/settlement.js';

export interface RelayParts {
  service: string;
  bus: Bus;
  database: Database;
  unitOfWork: UnitOfWork;
  detector: LossDetector;
  options: Pick<MessagingOptions, 'relayPollMs' | 'relayBatchRows' | 'relayInFlight' | 'relayLongestBackOffMs'>;
  logger: Logger;
  metrics: Metrics;
}

type Sent = { row: PendingRow; created: string; appended: Appended } | { row: PendingRow; error: unknown };

/**
 * Publishes what the outbox holds. A batch is locked while it is on its way (any number of replicas may run: others
 * pass over it, and the locks of a relay that dies are free at once), and marked in one statement. Order is not
 * promised: retries and a second relay reorder.
 */
export class OutboxRelay {
  private readonly bell = new Bell();
  // Publishing happens beside the transaction that holds the locks, not as part of it.
  private readonly outside = new AsyncResource('OutboxRelay');
  private readonly created = new Map<string, Promise<string>>();
  private stopped = true;
  private loop: Promise<void> = Promise.resolve();

  constructor(private readonly parts: RelayParts) {}

  start(): void {
    this.stopped = false;
    this.loop = this.run();
  }

  wake(): void {
    this.bell.ring();
  }

  /** Finishes the batch that is on its way. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.bell.ring();
    await this.loop;
  }

  /** After a (re)connect: rows that were waiting because of the bus are due now. */
  async makeDue(): Promise<void> {
    try {
      await outboxRepository.makeDue(this.parts.database);
    } catch (error) {
      this.parts.logger.warn('waiting outbox rows could not be made due; they keep their back-off', undefined, error);
    }
    this.wake();
  }

  private async run(): Promise<void> {
    const { options, logger, detector } = this.parts;
    while (!this.stopped) {
      let more = false;
      try {
        more = detector.mayPublish && (await this.publishBatch());
      } catch (error) {
        logger.warn('a batch of the outbox was not published', undefined, error);
      }
      if (!more) await this.bell.wait(options.relayPollMs);
    }
  }

  /** True when there may be more. */
  private async publishBatch(): Promise<boolean> {
    const { unitOfWork, options, detector, metrics, service } = this.parts;
    const result = await unitOfWork.run(async (tx) => {
      const rows = await outboxRepository.takeBatch(tx, options.relayBatchRows, detector.heldBack);
      if (rows.length === 0) return { taken: 0, published: 0 };
      const ledger = await ledgerRepository.all(tx);
      detector.learn(ledger);
      const sent = await this.outside.runInAsyncScope(() => this.publishAll(rows));
      faultPoint('relay.after_ack_before_mark');
      return { taken: rows.length, published: await this.mark(tx, sent, ledger) };
    });
    metrics.counter('outbox_published_total', 'Outbox rows published', ['service']).inc({ service }, result.published);
    // A batch that got nowhere waits for the next poll instead of being tried again at once.
    return result.taken === options.relayBatchRows && result.published > 0;
  }

  /** In order, with a bounded number waiting for confirmation. */
  private async publishAll(rows: readonly PendingRow[]): Promise<Sent[]> {
    const sent: Sent[] = [];
    const queue = [...rows];
    const lane = async (): Promise<void> => {
      for (let row = queue.shift(); row !== undefined; row = queue.shift()) sent.push(await this.publish(row));
    };
    await Promise.all(Array.from({ length: Math.min(this.parts.options.relayInFlight, rows.length) }, lane));
    return sent;
  }

  private async publish(row: PendingRow): Promise<Sent> {
    try {
      const created = await this.createdOf(row.stream);
      const message = { subject: row.subject, payload: Buffer.from(row.payload, 'utf8'), headers: row.headers };
      const confirmed = this.parts.detector.append(row.stream, row.id, message);
      faultPoint('relay.after_publish_before_ack', { afterIo: true });
      return { row, created, appended: await confirmed };
    } catch (error) {
      // Also after a timeout, when the bus may have it: published again, its id is known there.
      return { row, error };
    }
  }

  /** Answers how many rows are published now. What went to a stream that may have lost messages stays in line. */
  private async mark(tx: Tx, sent: readonly Sent[], ledger: readonly LedgerRow[]): Promise<number> {
    const heldBack = new Set(this.parts.detector.heldBack);
    const confirmed = sent.flatMap((one) => {
      if (!('appended' in one) || heldBack.has(one.row.stream)) return [];
      const { row, created, appended } = one;
      return [{ id: row.id, stream: row.stream, created, sequence: appended.sequence }];
    });
    const failed = sent.flatMap((one) =>
      'error' in one ? [{ id: one.row.id, delayMs: this.backOff(one.row.attempts), error: reasonOf(one.error) }] : [],
    );
    const valid = await ledgerRepository.raise(tx, highestOf(confirmed, ledger));
    const marked = confirmed.filter((row) => valid.has(row.stream));
    await outboxRepository.markPublished(tx, marked);
    await outboxRepository.markFailed(tx, failed);
    if (failed.length > 0) this.reportFailures(sent);
    return marked.length;
  }

  private reportFailures(sent: readonly Sent[]): void {
    const failures = sent.filter((one) => 'error' in one);
    const [first] = failures;
    if (first === undefined) return;
    const { stream, subject, attempts } = first.row;
    const facts = { rows: failures.length, stream, subject, attempt: attempts + 1 };
    this.parts.logger.warn('outbox rows were not published and wait', facts, first.error);
  }

  private backOff(attempts: number): number {
    const delay = Math.min(500 * 2 ** Math.min(attempts, 10), this.parts.options.relayLongestBackOffMs);
    return Math.round(delay * (0.8 + Math.random() * 0.4));
  }

  /**
   * Read before the first message to a stream: a stream that is remade between this and the confirmation then differs
   * from the ledger, and the loss is found.
   */
  private createdOf(stream: string): Promise<string> {
    let created = this.created.get(stream);
    if (created === undefined) {
      created = this.parts.bus.streamState(stream).then((state) => state.created);
      this.created.set(stream, created);
      created.catch(() => this.created.delete(stream));
    }
    return created;
  }
}

interface Confirmed {
  id: string;
  stream: string;
  created: string;
  sequence: number;
}

/** Per stream the highest confirmed position, in the generation the batch began with. */
function highestOf(confirmed: readonly Confirmed[], ledger: readonly LedgerRow[]): LedgerRow[] {
  const generations = new Map(ledger.map((row) => [row.stream, row.generation]));
  const highest = new Map<string, LedgerRow>();
  for (const { stream, created, sequence } of confirmed) {
    const maxAckedSequence = Math.max(sequence, highest.get(stream)?.maxAckedSequence ?? 0);
    highest.set(stream, { stream, created, maxAckedSequence, generation: generations.get(stream) ?? 0 });
  }
  return [...highest.values()];
}
