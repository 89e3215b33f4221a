import { Inject, Injectable } from '@nestjs/common';
import { type Envelope, WEBHOOK_EVENTS } from '#contracts';
import type { Clock } from '#kernel';
import { afterCommit, type Tx } from '#persistence';
import { CLOCK } from '#platform';
import { v5 } from 'uuid';
import { peopleToldOf } from './domain/people-told.js';
import { AccountAccessRepository } from './account-access.repository.js';
import { WebhookRepository } from './webhook.repository.js';
import { WebhookDeliveryRepository } from './webhook-delivery.repository.js';
import { WebhooksLoop } from './webhooks.loop.js';

/** A receiver that is down for a day has this much to catch up with; what comes on top is written down and not sent. */
export const MAX_WAITING = 1_000;

@Injectable()
export class WebhookFanOut {
  constructor(
    private readonly webhooks: WebhookRepository,
    private readonly access: AccountAccessRepository,
    private readonly deliveries: WebhookDeliveryRepository,
    private readonly loop: WebhooksLoop,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** One delivery for every webhook that listens and may be called; of an event that comes again, the same one. */
  async queue(tx: Tx, event: Envelope<Record<string, unknown>>): Promise<void> {
    const told = WEBHOOK_EVENTS.find(({ contract }) => contract.type === event.type)?.told ?? [];
    const ids = await this.toBeCalled(tx, peopleToldOf(event.data, told), event.type);
    const now = this.clock.now();
    for (const webhookId of ids) {
      const isFull = (await this.deliveries.countWaiting(tx, webhookId, MAX_WAITING)) >= MAX_WAITING;
      const id = v5(event.id, webhookId);
      const delivery = {
        id,
        webhook_id: webhookId,
        message_id: id,
        replay_of: null,
        event_type: event.type,
        occurred_at: new Date(event.time),
        data: event.data,
      };
      await this.deliveries.insertOnce(tx, delivery, now, isFull ? 'queue-full' : null);
    }
    if (ids.length > 0) afterCommit(tx, () => this.loop.ring());
  }

  /** Blocked owners are looked for once their webhooks are locked: a block that was faster is seen then. */
  private async toBeCalled(tx: Tx, people: readonly string[], type: string): Promise<string[]> {
    const listening = await this.webhooks.listening(tx, people, type);
    if (listening.length === 0) return [];
    const blocked = await this.access.blockedOf(tx, people);
    return listening.filter(({ user_id }) => !blocked.has(user_id)).map(({ id }) => id);
  }
}
