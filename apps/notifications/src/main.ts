import { startService } from '#messaging';
import { loadSettings } from '#platform';
import { NotificationsModule } from './app.module.js';
import { notificationsSettings } from './config.js';

const settings = loadSettings(notificationsSettings);
await startService('notifications', settings, NotificationsModule.register(settings));
