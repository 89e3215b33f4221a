import { BusStrategy, connectBus, MessagingModule } from '#messaging';
import { bootstrap, loadSettings } from '#platform';
import { AnalyticsModule } from './app.module.js';
import { analyticsSettings } from './config.js';

const settings = loadSettings(analyticsSettings);
const bus = await connectBus('analytics', settings);
await bootstrap({
  app: 'analytics',
  settings,
  modules: [MessagingModule.forRoot(bus), AnalyticsModule.register(settings)],
  strategy: new BusStrategy(bus),
});
