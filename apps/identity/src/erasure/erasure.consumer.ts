import { Controller } from '@nestjs/common';
import { type Envelope, SERVICES, type Static, userDataOf } from '#contracts';
import { type EventContext, OnEvent } from '#messaging';
import { ErasureSaga } from './erasure.saga.js';

const answers = SERVICES.map((service) => userDataOf(service).erased);

@Controller()
export class ErasureConsumer {
  constructor(private readonly saga: ErasureSaga) {}

  @OnEvent(answers, { reader: 'identity', feature: 'my-data', evenIfErased: true })
  async erased(
    event: Envelope<Static<(typeof answers)[number]['data']>>,
    { tx, requestId }: EventContext,
  ): Promise<void> {
    const service = SERVICES.find((one) => userDataOf(one).erased.type === event.type);
    if (service !== undefined) await this.saga.answered(tx, service, event, { requestId, causationId: event.id });
  }
}
