import { startService } from '#messaging';
import { loadSettings } from '#platform';
import { IdentityModule } from './app.module.js';
import { identitySettings } from './config.js';

const settings = loadSettings(identitySettings);
await startService('identity', settings, IdentityModule.register(settings));
