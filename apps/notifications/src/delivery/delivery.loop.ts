import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Logger, ShutdownSequence } from '#platform';
import { Loop } from '../loop.js';
import { DeliveryService } from './delivery.service.js';
import { LocalOutboxService } from './local-outbox.service.js';

const DUE_EVERY_MS = 2_000;
const TIDY_EVERY_MS = 3_600_000;

/** Retries and tidying. In every replica: who takes a delivery first has it. */
@Injectable()
export class DeliveryLoop implements OnModuleInit {
  private readonly loops: readonly Loop[];

  constructor(
    deliveries: DeliveryService,
    localOutbox: LocalOutboxService,
    logger: Logger,
    shutdown: ShutdownSequence,
  ) {
    this.loops = [
      new Loop('mails due', DUE_EVERY_MS, () => deliveries.sendDue(), logger),
      new Loop('old mails', TIDY_EVERY_MS, () => Promise.all([deliveries.tidy(), localOutbox.tidy()]), logger),
    ];
    for (const loop of this.loops) loop.stopIn(shutdown);
  }

  onModuleInit(): void {
    for (const loop of this.loops) loop.start();
  }
}
