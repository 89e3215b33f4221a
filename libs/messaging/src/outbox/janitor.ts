import type { Database, UnitOfWork } from '#persistence';
import type { Logger, Metrics } from '#platform';
import { Bell } from '../bell.js';
import type { MessagingOptions } from '../messaging-options.js';
import { outboxRepository } from './outbox.repository.js';

export interface JanitorParts {
  service: string;
  database: Database;
  unitOfWork: UnitOfWork;
  options: Pick<
    MessagingOptions,
    'pruneEveryMs' | 'outboxKeptMs' | 'inboxKeptMs' | 'idempotencyKeptMs' | 'deadLettersKeptMs'
  >;
  logger: Logger;
  metrics: Metrics;
}

const BACKLOG_EVERY_MS = 5000;
/** Small, so that no lock is held long and replicas and vacuum keep up. */
const CHUNK_ROWS = 2000;

interface Rule {
  table: string;
  /** How one row is found again. */
  key: string;
  where: string;
  keptMs: number;
}

/** Measures the outbox and removes what has served its time. Runs on every replica; chunks pass over each other. */
export class Janitor {
  private readonly bell = new Bell();
  private stopped = true;
  private loop: Promise<void> = Promise.resolve();

  constructor(private readonly parts: JanitorParts) {}

  start(): void {
    this.stopped = false;
    this.loop = this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.bell.ring();
    await this.loop;
  }

  private async run(): Promise<void> {
    // Replicas that were started together should not prune together.
    let pruneAt = performance.now() + this.parts.options.pruneEveryMs * Math.random();
    while (!this.stopped) {
      try {
        await this.measure();
        if (performance.now() >= pruneAt) {
          pruneAt = performance.now() + this.parts.options.pruneEveryMs;
          await this.prune();
        }
      } catch (error) {
        this.parts.logger.warn('housekeeping of the messaging tables failed and is tried again', undefined, error);
      }
      await this.bell.wait(BACKLOG_EVERY_MS);
    }
  }

  private async measure(): Promise<void> {
    const { metrics, service, database } = this.parts;
    const { depth, oldestSeconds } = await outboxRepository.backlog(database);
    metrics
      .gauge('outbox_depth', 'Outbox rows not yet published (counted up to 10,000)', ['service'])
      .set({ service }, depth);
    metrics
      .gauge('outbox_oldest_age_seconds', 'Age of the oldest outbox row not yet published', ['service'])
      .set({ service }, oldestSeconds);
  }

  /** Answers the rows removed per table. */
  async prune(): Promise<Record<string, number>> {
    const removed: Record<string, number> = {};
    for (const rule of this.rules()) removed[rule.table] = await this.pruneTable(rule);
    return removed;
  }

  private rules(): Rule[] {
    const { options } = this.parts;
    return [
      { table: 'outbox', key: 'id', where: 'published_at', keptMs: options.outboxKeptMs },
      { table: 'inbox', key: 'consumer, message_id', where: 'processed_at', keptMs: options.inboxKeptMs },
      { table: 'idempotency_keys', key: 'scope, key', where: 'created_at', keptMs: options.idempotencyKeptMs },
      { table: 'dead_letters', key: 'id', where: 'replayed_at', keptMs: options.deadLettersKeptMs },
    ];
  }

  private async pruneTable({ table, key, where, keptMs }: Rule): Promise<number> {
    let total = 0;
    for (let removed = CHUNK_ROWS; removed === CHUNK_ROWS && !this.stopped; total += removed) {
      removed = await this.parts.unitOfWork.run(async (tx) => {
        const [row] = await tx.query<{ count: number }>(
          `prune.${table}`,
          `WITH gone AS (
             DELETE FROM ${table}
             WHERE (${key}) IN (
               SELECT ${key} FROM ${table}
               WHERE ${where} < now() - $1 * interval '1 millisecond'
               LIMIT ${CHUNK_ROWS}
               FOR UPDATE SKIP LOCKED
             )
             RETURNING 1
           ) SELECT count(*)::int AS count FROM gone`,
          [keptMs],
        );
        return row?.count ?? 0;
      });
    }
    return total;
  }
}
