import { LocalOutboxController } from './local-outbox.controller.js';
import { NotificationsController } from './notifications.controller.js';

export const notificationsControllers = [NotificationsController, LocalOutboxController];
