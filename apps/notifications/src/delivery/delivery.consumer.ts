import { Controller } from '@nestjs/common';
import { type Envelope, SendDeliveryV1, type Static } from '#contracts';
import { OnCommand, type WorkContext } from '#messaging';
import { UnitOfWork } from '#persistence';
import { DeliveryService } from './delivery.service.js';

@Controller()
export class DeliveryConsumer {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly deliveries: DeliveryService,
  ) {}

  /**
   * The command is done when the delivery is in our table; what happens to it then is the table's to remember (waits of
   * hours do not belong on the bus). The first attempt follows at once.
   */
  @OnCommand(SendDeliveryV1, { concurrency: 4, ackWaitMs: 60_000 })
  async send({ data }: Envelope<Static<typeof SendDeliveryV1.data>>, context: WorkContext): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      await this.deliveries.accept(tx, data);
      await context.done(tx);
    });
    await this.deliveries.attempt(data.delivery_id);
  }
}
