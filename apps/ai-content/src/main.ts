import { startService } from '#messaging';
import { loadSettings } from '#platform';
import { AiContentModule } from './app.module.js';
import { aiContentSettings } from './config.js';

const settings = loadSettings(aiContentSettings);
await startService('ai-content', settings, AiContentModule.register(settings));
