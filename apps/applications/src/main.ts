import { startService } from '#messaging';
import { loadSettings } from '#platform';
import { ApplicationsModule } from './app.module.js';
import { applicationsSettings } from './config.js';

const settings = loadSettings(applicationsSettings);
await startService('applications', settings, ApplicationsModule.register(settings));
