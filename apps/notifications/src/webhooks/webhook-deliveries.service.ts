import { Inject, Injectable } from '@nestjs/common';
import {
  type listWebhookDeliveries,
  replayWebhookDelivery,
  type Static,
  testWebhook,
  WEBHOOK_TEST_TYPE,
  type WebhookDelivery,
} from '#contracts';
import { AppError, type Clock, conflict, newId, notFound } from '#kernel';
import { callerId, Idempotency, type RpcContext } from '#messaging';
import { afterCommit, type Tx } from '#persistence';
import { CLOCK } from '#platform';
import { WebhookRepository } from './webhook.repository.js';
import { WebhookCourier } from './webhook-courier.js';
import { type NewDelivery, WebhookDeliveryRepository } from './webhook-delivery.repository.js';
import { MAX_WAITING } from './webhook-fan-out.js';
import { toDelivery } from './webhook-view.js';
import { WebhooksLoop } from './webhooks.loop.js';
import { there } from './webhooks.service.js';

@Injectable()
export class WebhookDeliveriesService {
  constructor(
    private readonly idempotency: Idempotency,
    private readonly webhooks: WebhookRepository,
    private readonly deliveries: WebhookDeliveryRepository,
    private readonly courier: WebhookCourier,
    private readonly loop: WebhooksLoop,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async list(
    { webhook_id: webhookId, page = 1, per_page = 20, ...filter }: Static<typeof listWebhookDeliveries.request>,
    context: RpcContext,
  ): Promise<Static<typeof listWebhookDeliveries.response>> {
    there(await this.webhooks.find(callerId(context), webhookId));
    const { rows, total } = await this.deliveries.page(webhookId, filter, per_page, (page - 1) * per_page);
    return { total, page, per_page, total_pages: Math.ceil(total / per_page), deliveries: rows.map(toDelivery) };
  }

  /** Calls the receiver now, also a webhook that is switched off, and says what came of it. */
  async test(request: Static<typeof testWebhook.request>, context: RpcContext): Promise<WebhookDelivery> {
    const { webhook_id: webhookId } = request;
    const queued = await this.idempotency.run(testWebhook, request, context, async (tx) => {
      there(await this.webhooks.lockOwned(tx, callerId(context), webhookId));
      const id = newId();
      return this.insert(tx, {
        id,
        webhook_id: webhookId,
        message_id: id,
        replay_of: null,
        event_type: WEBHOOK_TEST_TYPE,
        occurred_at: this.clock.now(),
        data: { webhook_id: webhookId },
      });
    });
    const claimed = await this.courier.claim(queued.id);
    if (claimed !== undefined) await this.courier.deliver(claimed);
    const row = await this.deliveries.find(webhookId, queued.id);
    return row === undefined ? queued : toDelivery(row);
  }

  /** The same message once more, under the same `webhook-id`: a receiver that had it can tell. */
  replay(request: Static<typeof replayWebhookDelivery.request>, context: RpcContext): Promise<WebhookDelivery> {
    const { webhook_id: webhookId, delivery_id: deliveryId } = request;
    return this.idempotency.run(replayWebhookDelivery, request, context, async (tx) => {
      const webhook = there(await this.webhooks.lockOwned(tx, callerId(context), webhookId));
      const original = await this.deliveries.findIn(tx, webhookId, deliveryId);
      if (original === undefined) throw notFound('The delivery');
      if (original.finished_at === null) {
        throw conflict('CONFLICT', 'The delivery is still being tried; only what is over can be repeated.');
      }
      if (webhook.disabled_reason !== null) {
        throw conflict('CONFLICT', 'The webhook is switched off; switch it on first.');
      }
      const { message_id, event_type, occurred_at, data } = original;
      const copy = { message_id, event_type, occurred_at, data, webhook_id: webhookId };
      const answer = await this.insert(tx, { ...copy, id: newId(), replay_of: deliveryId });
      afterCommit(tx, () => this.loop.ring());
      return answer;
    });
  }

  private async insert(tx: Tx, delivery: NewDelivery): Promise<WebhookDelivery> {
    if ((await this.deliveries.countWaiting(tx, delivery.webhook_id, MAX_WAITING)) >= MAX_WAITING) {
      throw conflict('LIMIT_REACHED', `At most ${MAX_WAITING} deliveries of a webhook wait at a time.`);
    }
    await this.deliveries.insertOnce(tx, delivery, this.clock.now());
    const row = await this.deliveries.findIn(tx, delivery.webhook_id, delivery.id);
    if (row === undefined) throw new AppError({ code: 'INTERNAL_ERROR', kind: 'internal', message: 'No row.' });
    return toDelivery(row);
  }
}
