import type { EventContract, Static, TSchema } from '#contracts';
import type { Logger, Metrics } from '#platform';
import { Bell } from '../bell.js';
import type { MessagingOptions } from '../messaging-options.js';
import { type MessageFacts, prepareMessage, type Prepared } from './envelope-rows.js';
import type { LossDetector } from './ledger.js';

export interface TelemetryParts {
  service: string;
  detector: LossDetector;
  options: Pick<MessagingOptions, 'telemetryEveryMs'>;
  logger: Logger;
  metrics: Metrics;
}

/** Memory, not durability: what is newer than this stays, the oldest goes. */
const MOST_HELD = 10_000;
const BATCH = 100;

/**
 * For events that are no facts of record (`search.performed`, `posting.viewed`): `record` costs an array push, and the
 * bus hears of it within a second, after the reply. Lossy on purpose: a crash loses what was not sent yet, a full
 * buffer its oldest. Whoever must not lose an event uses the Outbox.
 */
export class TelemetryBuffer {
  private readonly bell = new Bell();
  private held: { contract: EventContract; message: Prepared }[] = [];
  private stopped = true;
  private loop: Promise<void> = Promise.resolve();

  constructor(private readonly parts: TelemetryParts) {}

  record<D extends TSchema>(contract: EventContract<D>, data: Static<D>, facts: MessageFacts): void {
    if (this.held.length >= MOST_HELD) this.drop(this.held.splice(0, BATCH).length);
    this.held.push({ contract, message: prepareMessage(this.parts.service, contract, data, facts) });
    if (this.held.length === BATCH) this.bell.ring();
  }

  start(): void {
    this.stopped = false;
    this.loop = this.run();
  }

  /** Sends what is held, once. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.bell.ring();
    await this.loop;
    await this.flush();
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      await this.bell.wait(this.parts.options.telemetryEveryMs);
      await this.flush();
    }
  }

  private async flush(): Promise<void> {
    while (this.held.length > 0 && this.parts.detector.mayPublish) {
      const batch = this.held.splice(0, BATCH);
      const results = await Promise.allSettled(
        batch.map(({ contract, message }) =>
          this.parts.detector.append(contract.stream, message.id, {
            subject: contract.subject,
            payload: Buffer.from(message.payload, 'utf8'),
            headers: message.headers,
          }),
        ),
      );
      const failed = results.filter((result) => result.status === 'rejected');
      const [first] = failed;
      if (first === undefined) continue;
      this.drop(failed.length);
      this.parts.logger.warn('telemetry was not published and is lost', { messages: failed.length }, first.reason);
    }
  }

  private drop(messages: number): void {
    const { metrics, service } = this.parts;
    metrics
      .counter('telemetry_dropped_total', 'Telemetry messages lost on purpose', ['service'])
      .inc({ service }, messages);
  }
}
