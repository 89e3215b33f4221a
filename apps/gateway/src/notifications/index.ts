import { NotificationsController } from './notifications.controller.js';

export const notificationsControllers = [NotificationsController];
