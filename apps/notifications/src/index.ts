export { NotificationsModule } from './app.module.js';
export { notificationsSettings } from './config.js';
export { notificationsSchema } from './data-source.js';
