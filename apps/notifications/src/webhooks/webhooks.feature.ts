import type { Provider, Type } from '@nestjs/common';
import { AccountAccessRepository } from './account-access.repository.js';
import { WEBHOOK_SETTINGS, type WebhookSettings } from './config.js';
import { WebhookCall } from './webhook-call.js';
import { WebhookCourier } from './webhook-courier.js';
import { WebhookDeliveriesService } from './webhook-deliveries.service.js';
import { WebhookDeliveryRepository } from './webhook-delivery.repository.js';
import { WebhookFanOut } from './webhook-fan-out.js';
import { WebhookNotices } from './webhook-notices.js';
import { WebhookOwners } from './webhook-owners.js';
import { WebhookQueueRepository } from './webhook-queue.repository.js';
import { WebhookSecrets } from './webhook-secrets.js';
import { WebhookRepository } from './webhook.repository.js';
import { WebhooksConsumer } from './webhooks.consumer.js';
import { WebhooksLoop } from './webhooks.loop.js';
import { WebhooksRpcController } from './webhooks.rpc.controller.js';
import { WebhooksService } from './webhooks.service.js';

/** Programs of people are told what happens, by calls they can verify. */
export const webhooksFeature = (settings: WebhookSettings): { controllers: Type[]; providers: Provider[] } => ({
  controllers: [WebhooksRpcController, WebhooksConsumer],
  providers: [
    { provide: WEBHOOK_SETTINGS, useValue: settings },
    // what is kept
    WebhookRepository,
    WebhookDeliveryRepository,
    WebhookQueueRepository,
    AccountAccessRepository,
    WebhookSecrets,
    // what people ask
    WebhooksService,
    WebhookDeliveriesService,
    // what is done by itself
    WebhookOwners,
    WebhookFanOut,
    WebhookCall,
    WebhookCourier,
    WebhookNotices,
    WebhooksLoop,
  ],
});
