export { NotificationsModule } from './app.module.js';
export { notificationsOwnSettings, notificationsSettings } from './config.js';
export { notificationsSchema } from './data-source.js';
export { notificationsRetention } from './retention.js';
