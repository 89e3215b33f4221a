import { startService } from '#messaging';
import { loadSettings } from '#platform';
import { AnalyticsModule } from './app.module.js';
import { analyticsSettings } from './config.js';

const settings = loadSettings(analyticsSettings);
await startService('analytics', settings, AnalyticsModule.register(settings));
