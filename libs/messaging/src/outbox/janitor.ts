import { type Database, type Retention, sweep, type UnitOfWork } from '#persistence';
import type { Logger, Metrics } from '#platform';
import { Bell } from '../bell.js';
import type { MessagingOptions } from '../messaging-options.js';
import { messagingRetention } from '../messaging-retention.js';
import { outboxRepository } from './outbox.repository.js';

export interface JanitorParts {
  service: string;
  database: Database;
  unitOfWork: UnitOfWork;
  /** Of the service's own tables. */
  retention: Retention;
  options: MessagingOptions;
  logger: Logger;
  metrics: Metrics;
}

const BACKLOG_EVERY_MS = 5000;
/** Measures the outbox and removes what has served its time, in all tables of the service. Runs on every replica. */
export class Janitor {
  private readonly retention: Retention;
  private readonly bell = new Bell();
  private stopped = true;
  private loop: Promise<void> = Promise.resolve();

  constructor(private readonly parts: JanitorParts) {
    this.retention = { ...messagingRetention(parts.options), ...parts.retention };
  }

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

  /** Answers the rows removed per table; a table that fails does not keep the others. */
  async prune(now = new Date()): Promise<Record<string, number>> {
    const { unitOfWork, logger } = this.parts;
    const removed: Record<string, number> = {};
    for (const [table, { sweeps = [] }] of Object.entries(this.retention)) {
      for (const rule of sweeps) {
        try {
          const rows = await sweep(unitOfWork, table, rule, now, () => this.stopped);
          removed[table] = (removed[table] ?? 0) + rows;
        } catch (error) {
          logger.warn('old rows of a table could not be removed and are tried again', { table }, error);
        }
      }
    }
    return removed;
  }
}
