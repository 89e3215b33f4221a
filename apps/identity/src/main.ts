import { startService } from '#messaging';
import { loadSettings } from '#platform';
import { IdentityModule } from './app.module.js';
import { identityChecks, identitySettings } from './config.js';

const settings = loadSettings(identitySettings, process.env, identityChecks);
await startService('identity', settings, IdentityModule.register(settings));
