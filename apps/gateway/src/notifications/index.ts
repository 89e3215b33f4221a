import { LocalOutboxController } from './local-outbox.controller.js';
import { NotificationsController } from './notifications.controller.js';
import { WebhooksController } from './webhooks.controller.js';

export const notificationsControllers = [NotificationsController, LocalOutboxController, WebhooksController];
