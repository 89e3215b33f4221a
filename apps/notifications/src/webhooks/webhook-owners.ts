import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '#kernel';
import type { Tx } from '#persistence';
import { CLOCK } from '#platform';
import { type AccountAccess, AccountAccessRepository } from './account-access.repository.js';
import { WebhookRepository } from './webhook.repository.js';
import { WebhookQueueRepository } from './webhook-queue.repository.js';

/** Whether the owners of webhooks may have them called. */
@Injectable()
export class WebhookOwners {
  constructor(
    private readonly webhooks: WebhookRepository,
    private readonly access: AccountAccessRepository,
    private readonly queue: WebhookQueueRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * A block drops what waits, as switching a webhook off does. Held deliveries would be old news when they are let go,
   * a receiver would get all of them at once, and those of an account that stays blocked would wait for ever. They are
   * in the log, from where they can be replayed.
   */
  async accessChanged(tx: Tx, change: AccountAccess): Promise<void> {
    // First of all: whoever queues for these has either committed, and that is dropped, or finds out that he must not.
    const webhookIds = await this.webhooks.lockAllOf(tx, change.user_id);
    if (!(await this.access.note(tx, change)) || !change.blocked) return;
    const now = this.clock.now();
    for (const id of webhookIds) await this.queue.drop(tx, id, 'disabled', now);
  }
}
