import type { DynamicModule } from '@nestjs/common';
import type { ServiceName } from '#contracts';
import { bootstrap, type PlatformSettings, type RunningApp } from '#platform';
import { connectBus } from './bus/connect-bus.js';
import type { BusSettings } from './bus/settings.js';
import { MessagingModule } from './messaging.module.js';
import { messagingOptions, type MessagingSettings } from './messaging-settings.js';
import { BusStrategy } from './strategy/bus-strategy.js';

/** Runs one service as a process of its own: bus, handlers, probes, orderly end. */
export function startService(
  service: ServiceName,
  settings: PlatformSettings & BusSettings & MessagingSettings,
  module: DynamicModule,
): Promise<RunningApp> {
  return bootstrap({
    app: service,
    settings,
    compose: async (logger) => {
      const bus = await connectBus(service, settings, { logger: logger.for('bus') });
      return {
        modules: [MessagingModule.forRoot(bus, messagingOptions(settings)), module],
        strategy: new BusStrategy(bus),
      };
    },
  });
}
