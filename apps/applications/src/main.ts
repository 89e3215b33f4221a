import { BusStrategy, connectBus, MessagingModule } from '#messaging';
import { bootstrap, loadSettings } from '#platform';
import { ApplicationsModule } from './app.module.js';
import { applicationsSettings } from './config.js';

const settings = loadSettings(applicationsSettings);
const bus = await connectBus('applications', settings);
await bootstrap({
  app: 'applications',
  settings,
  modules: [MessagingModule.forRoot(bus), ApplicationsModule.register(settings)],
  strategy: new BusStrategy(bus),
});
