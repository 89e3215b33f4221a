import { BusStrategy, connectBus, MessagingModule } from '#messaging';
import { bootstrap, loadSettings } from '#platform';
import { NotificationsModule } from './app.module.js';
import { notificationsSettings } from './config.js';

const settings = loadSettings(notificationsSettings);
const bus = await connectBus('notifications', settings);
await bootstrap({
  app: 'notifications',
  settings,
  modules: [MessagingModule.forRoot(bus), NotificationsModule.register(settings)],
  strategy: new BusStrategy(bus),
});
