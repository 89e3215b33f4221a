import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Clock } from '#kernel';
import { CLOCK, Logger, ShutdownSequence } from '#platform';
import { Loop } from '../loop.js';
import { WebhookCourier } from './webhook-courier.js';
import { WebhookNotices } from './webhook-notices.js';
import type { ClaimedCall } from './webhook-queue.repository.js';
import { WebhookQueueRepository } from './webhook-queue.repository.js';
import { WebhookRepository } from './webhook.repository.js';

const DUE_EVERY_MS = 2_000;
const NOTICES_EVERY_MS = 10_000;
const TIDY_EVERY_MS = 3_600_000;
/** Calls of this process at the same time. */
const SLOTS = 16;

/** Keeps calls under way, as many as there are places. In every replica: who takes a delivery first has it. */
@Injectable()
export class WebhooksLoop implements OnModuleInit {
  private readonly due: Loop;
  private readonly others: readonly Loop[];
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    private readonly courier: WebhookCourier,
    private readonly queue: WebhookQueueRepository,
    notices: WebhookNotices,
    webhooks: WebhookRepository,
    private readonly logger: Logger,
    private readonly shutdown: ShutdownSequence,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.due = new Loop('webhooks due', DUE_EVERY_MS, () => this.fill(), logger);
    this.others = [
      new Loop('notices about webhooks', NOTICES_EVERY_MS, () => notices.sendDue(), logger),
      new Loop('old secrets of webhooks', TIDY_EVERY_MS, () => webhooks.forgetPreviousSecrets(clock.now()), logger),
    ];
  }

  onModuleInit(): void {
    for (const loop of [this.due, ...this.others]) {
      loop.stopIn(this.shutdown);
      loop.start();
    }
    this.shutdown.add('drain', 'webhook calls', async () => {
      await Promise.all(this.underWay);
    });
  }

  /** There is something to send. */
  ring(): void {
    this.due.ring();
  }

  private async fill(): Promise<void> {
    const free = SLOTS - this.underWay.size;
    if (free <= 0) return;
    for (const id of await this.queue.due(this.clock.now(), free)) {
      const claimed = await this.courier.claim(id);
      if (claimed !== undefined) this.start(claimed);
    }
  }

  /** A place that becomes free is filled at once: there may be more of the same webhook. */
  private start(claimed: ClaimedCall): void {
    const call = this.courier
      .deliver(claimed)
      .catch((error: unknown) =>
        this.logger.warn('a webhook was called, and the outcome could not be written down', {}, error),
      )
      .finally(() => {
        this.underWay.delete(call);
        this.due.ring();
      });
    this.underWay.add(call);
  }
}
