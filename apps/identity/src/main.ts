import { BusStrategy, connectBus, MessagingModule } from '#messaging';
import { bootstrap, loadSettings } from '#platform';
import { IdentityModule } from './app.module.js';
import { identitySettings } from './config.js';

const settings = loadSettings(identitySettings);
const bus = await connectBus('identity', settings);
await bootstrap({
  app: 'identity',
  settings,
  modules: [MessagingModule.forRoot(bus), IdentityModule.register(settings)],
  strategy: new BusStrategy(bus),
});
