import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Logger, ShutdownSequence } from '#platform';
import { Loop } from '../loop.js';
import { DeliveryService } from './delivery.service.js';

const DUE_EVERY_MS = 2_000;

/** Retries. In every replica: who takes a delivery first has it. */
@Injectable()
export class DeliveryLoop implements OnModuleInit {
  private readonly due: Loop;

  constructor(deliveries: DeliveryService, logger: Logger, shutdown: ShutdownSequence) {
    this.due = new Loop('mails due', DUE_EVERY_MS, () => deliveries.sendDue(), logger);
    this.due.stopIn(shutdown);
  }

  onModuleInit(): void {
    this.due.start();
  }
}
