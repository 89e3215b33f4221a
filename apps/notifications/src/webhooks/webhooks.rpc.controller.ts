import { Controller } from '@nestjs/common';
import {
  createWebhook,
  deleteWebhook,
  getWebhook,
  listWebhookDeliveries,
  listWebhooks,
  replayWebhookDelivery,
  rotateWebhookSecret,
  type RpcContract,
  type Static,
  testWebhook,
  updateWebhook,
} from '#contracts';
import { Rpc, type RpcContext } from '#messaging';
import { WebhookDeliveriesService } from './webhook-deliveries.service.js';
import { WebhooksService } from './webhooks.service.js';

type Request<C extends RpcContract> = Static<C['request']>;

@Controller()
export class WebhooksRpcController {
  constructor(
    private readonly webhooks: WebhooksService,
    private readonly deliveries: WebhookDeliveriesService,
  ) {}

  @Rpc(listWebhooks)
  list(request: Request<typeof listWebhooks>, context: RpcContext) {
    return this.webhooks.list(request, context);
  }

  @Rpc(getWebhook)
  get(request: Request<typeof getWebhook>, context: RpcContext) {
    return this.webhooks.get(request.webhook_id, context);
  }

  @Rpc(createWebhook)
  create(request: Request<typeof createWebhook>, context: RpcContext) {
    return this.webhooks.create(request, context);
  }

  @Rpc(updateWebhook)
  update({ webhook_id: id, ...change }: Request<typeof updateWebhook>, context: RpcContext) {
    return this.webhooks.update(id, change, context);
  }

  @Rpc(deleteWebhook)
  async delete(request: Request<typeof deleteWebhook>, context: RpcContext) {
    await this.webhooks.delete(request.webhook_id, context);
    return {};
  }

  @Rpc(rotateWebhookSecret)
  rotate(request: Request<typeof rotateWebhookSecret>, context: RpcContext) {
    return this.webhooks.rotate(request.webhook_id, context);
  }

  @Rpc(testWebhook)
  test(request: Request<typeof testWebhook>, context: RpcContext) {
    return this.deliveries.test(request, context);
  }

  @Rpc(listWebhookDeliveries)
  listDeliveries(request: Request<typeof listWebhookDeliveries>, context: RpcContext) {
    return this.deliveries.list(request, context);
  }

  @Rpc(replayWebhookDelivery)
  replay(request: Request<typeof replayWebhookDelivery>, context: RpcContext) {
    return this.deliveries.replay(request, context);
  }
}
