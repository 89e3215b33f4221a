import { Controller } from '@nestjs/common';
import { type Envelope, type Static, UserAccessChangedV1, WEBHOOK_EVENTS } from '#contracts';
import { type EventContext, OnEvent } from '#messaging';
import { WebhookFanOut } from './webhook-fan-out.js';
import { WebhookOwners } from './webhook-owners.js';

@Controller()
export class WebhooksConsumer {
  constructor(
    private readonly fanOut: WebhookFanOut,
    private readonly owners: WebhookOwners,
  ) {}

  /** The event is done when its deliveries are in our table; waits of hours do not belong on the bus. */
  @OnEvent(WEBHOOK_EVENTS.map(({ contract }) => contract), { reader: 'notifications', feature: 'webhooks' })
  queue(event: Envelope<Record<string, unknown>>, { tx }: EventContext): Promise<void> {
    return this.fanOut.queue(tx, event);
  }

  /** Of admins who block somebody, and of people who have their account erased. */
  @OnEvent(UserAccessChangedV1, { reader: 'notifications', feature: 'webhooks' })
  accessChanged({ data }: Envelope<Static<typeof UserAccessChangedV1.data>>, { tx }: EventContext): Promise<void> {
    return this.owners.accessChanged(tx, data);
  }
}
