import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { ServiceName } from '#contracts';
import type { Database, Retention, UnitOfWork } from '#persistence';
import type { Bus } from './bus/bus.port.js';
import { DeadLetterService } from './dead-letters/dead-letter.service.js';
import { DeadLetters } from './dead-letters/dead-letters.js';
import { Janitor } from './outbox/janitor.js';
import { LossDetector } from './outbox/ledger.js';
import { OutboxRelay } from './outbox/relay.js';
import { TelemetryBuffer } from './outbox/telemetry-buffer.js';
import type { ProcessMessaging } from './process-messaging.js';

/** Everything one service needs around its handlers; found by the strategy through the process. */
export class ServiceMessaging implements OnApplicationBootstrap, OnModuleDestroy {
  readonly relay: OutboxRelay;
  readonly telemetry: TelemetryBuffer;
  readonly deadLetters: DeadLetters;
  readonly letters: DeadLetterService;
  readonly janitor: Janitor;
  private readonly detector: LossDetector;

  constructor(
    readonly service: ServiceName,
    bus: Bus,
    readonly database: Database,
    readonly unitOfWork: UnitOfWork,
    process: ProcessMessaging,
    retention: Retention,
  ) {
    const { options, metrics } = process;
    const logger = process.logger.for(`messaging ${service}`);
    const common = { service, bus, database, unitOfWork, options, logger, metrics };
    this.detector = new LossDetector({ ...common, everyMs: options.ledgerEveryMs }, () => void this.relay.makeDue());
    this.relay = new OutboxRelay({ ...common, detector: this.detector });
    this.telemetry = new TelemetryBuffer({ ...common, detector: this.detector });
    this.janitor = new Janitor({ ...common, retention });
    this.deadLetters = new DeadLetters(service, bus, database);
    this.letters = new DeadLetterService(database, unitOfWork, () => this.relay.wake());
    process.register(this);
  }

  onApplicationBootstrap(): void {
    this.detector.start();
    this.relay.start();
    this.telemetry.start();
    this.janitor.start();
  }

  /** After the handlers have drained, before the database closes. */
  async onModuleDestroy(): Promise<void> {
    await Promise.all([this.relay.stop(), this.telemetry.stop(), this.janitor.stop()]);
    await this.detector.stop();
  }
}
