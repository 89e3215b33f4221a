import { connectBus, MessagingModule } from '#messaging';
import { bootstrap, loadSettings } from '#platform';
import { GatewayModule } from './app.module.js';
import { gatewayChecks, gatewaySettings } from './config.js';
import { gatewayHttp } from './http/server.js';

const settings = loadSettings(gatewaySettings, process.env, gatewayChecks);
await bootstrap({
  app: 'gateway',
  settings,
  compose: async (logger) => {
    const bus = await connectBus('gateway', settings, { logger: logger.for('bus') });
    return { modules: [MessagingModule.forRoot(bus), GatewayModule.register(settings)] };
  },
  http: gatewayHttp(settings),
});
