import { BusStrategy, connectBus, MessagingModule } from '#messaging';
import { bootstrap, loadSettings } from '#platform';
import { AiContentModule } from './app.module.js';
import { aiContentSettings } from './config.js';

const settings = loadSettings(aiContentSettings);
const bus = await connectBus('ai-content', settings);
await bootstrap({
  app: 'ai-content',
  settings,
  modules: [MessagingModule.forRoot(bus), AiContentModule.register(settings)],
  strategy: new BusStrategy(bus),
});
