import { BusStrategy, connectBus, MessagingModule } from '#messaging';
import { bootstrap, loadSettings } from '#platform';
import { JobsIngestionModule } from './app.module.js';
import { jobsIngestionSettings } from './config.js';

const settings = loadSettings(jobsIngestionSettings);
const bus = await connectBus('jobs-ingestion', settings);
await bootstrap({
  app: 'jobs-ingestion',
  settings,
  modules: [MessagingModule.forRoot(bus), JobsIngestionModule.register(settings)],
  strategy: new BusStrategy(bus),
});
