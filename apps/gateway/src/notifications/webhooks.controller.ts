import { Controller } from '@nestjs/common';
import {
  createWebhook,
  deleteWebhook,
  getWebhook,
  listWebhookDeliveries,
  listWebhooks,
  replayWebhookDelivery,
  rotateWebhookSecret,
  testWebhook,
  updateWebhook,
} from '#contracts';
import { RpcClient } from '#messaging';
import { Endpoint } from '../http/endpoint.js';
import type { Call, OperationInput } from '../http/operation.js';
import {
  listWebhookDeliveriesOperation,
  replayWebhookDeliveryOperation,
  testWebhookOperation,
} from './webhook-deliveries.operations.js';
import {
  createWebhookOperation,
  deleteWebhookOperation,
  getWebhookOperation,
  listWebhooksOperation,
  rotateWebhookSecretOperation,
  updateWebhookOperation,
} from './webhooks.operations.js';

@Controller()
export class WebhooksController {
  constructor(private readonly rpc: RpcClient) {}

  @Endpoint(listWebhooksOperation)
  list({ query }: OperationInput<typeof listWebhooksOperation>, call: Call) {
    return this.rpc.callRaw(listWebhooks, query, call.context);
  }

  @Endpoint(createWebhookOperation)
  create({ body }: OperationInput<typeof createWebhookOperation>, call: Call) {
    return this.rpc.callRaw(createWebhook, body, call.context);
  }

  @Endpoint(getWebhookOperation)
  get({ params }: OperationInput<typeof getWebhookOperation>, call: Call) {
    return this.rpc.callRaw(getWebhook, { webhook_id: params.id }, call.context);
  }

  @Endpoint(updateWebhookOperation)
  update({ params, body }: OperationInput<typeof updateWebhookOperation>, call: Call) {
    return this.rpc.callRaw(updateWebhook, { webhook_id: params.id, ...body }, call.context);
  }

  @Endpoint(deleteWebhookOperation)
  async delete({ params }: OperationInput<typeof deleteWebhookOperation>, call: Call): Promise<void> {
    await this.rpc.callRaw(deleteWebhook, { webhook_id: params.id }, call.context);
  }

  @Endpoint(rotateWebhookSecretOperation)
  rotate({ params }: OperationInput<typeof rotateWebhookSecretOperation>, call: Call) {
    return this.rpc.callRaw(rotateWebhookSecret, { webhook_id: params.id }, call.context);
  }

  @Endpoint(testWebhookOperation)
  test({ params }: OperationInput<typeof testWebhookOperation>, call: Call) {
    return this.rpc.callRaw(testWebhook, { webhook_id: params.id }, call.context);
  }

  @Endpoint(listWebhookDeliveriesOperation)
  listDeliveries({ params, query }: OperationInput<typeof listWebhookDeliveriesOperation>, call: Call) {
    return this.rpc.callRaw(listWebhookDeliveries, { webhook_id: params.id, ...query }, call.context);
  }

  @Endpoint(replayWebhookDeliveryOperation)
  replay({ params }: OperationInput<typeof replayWebhookDeliveryOperation>, call: Call) {
    const request = { webhook_id: params.id, delivery_id: params.delivery_id };
    return this.rpc.callRaw(replayWebhookDelivery, request, call.context);
  }
}
