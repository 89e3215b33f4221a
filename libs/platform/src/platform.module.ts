import { type DynamicModule, Global, Module } from '@nestjs/common';
import { systemClock } from '#kernel';
import type { PlatformSettings } from './config/index.js';
import { HealthRegistry } from './health/health-registry.js';
import { ShutdownSequence } from './lifecycle/shutdown-sequence.js';
import { Logger } from './logging/index.js';
import { Metrics } from './metrics/metrics.js';
import { OutboundHttp } from './outbound/index.js';
import { FeatureSwitches } from './switches/index.js';
import { APP_NAME, APP_VERSION, CLOCK, PLATFORM_SETTINGS } from './tokens.js';
import { packageVersion } from './version.js';

export interface PlatformOptions {
  /** Name of the process in logs and metrics: an app, or `standalone`. */
  app: string;
  settings: PlatformSettings;
  /** Made here unless the process has them already (bootstrap does, before Nest). */
  logger?: Logger;
  metrics?: Metrics;
  health?: HealthRegistry;
  shutdown?: ShutdownSequence;
}

/** What every service may inject without importing anything. Imported once, by the root of the process. */
@Global()
@Module({})
export class PlatformModule {
  static forRoot(options: PlatformOptions): DynamicModule {
    const { app, settings } = options;
    const logger =
      options.logger ?? Logger.create({ service: app, level: settings.LOG_LEVEL, format: settings.LOG_FORMAT });
    const metrics = options.metrics ?? new Metrics(app, false);
    const shutdown = options.shutdown ?? new ShutdownSequence(logger);
    const outbound = new OutboundHttp({
      userAgent: settings.OUTBOUND_USER_AGENT,
      logger: logger.for('outbound'),
      metrics,
    });
    shutdown.add('flush', 'outbound', () => outbound.close());
    const providers = [
      { provide: APP_NAME, useValue: app },
      { provide: APP_VERSION, useValue: settings.APP_VERSION ?? packageVersion() },
      { provide: PLATFORM_SETTINGS, useValue: settings },
      { provide: CLOCK, useValue: systemClock },
      { provide: Logger, useValue: logger },
      { provide: Metrics, useValue: metrics },
      { provide: HealthRegistry, useValue: options.health ?? new HealthRegistry() },
      { provide: ShutdownSequence, useValue: shutdown },
      { provide: FeatureSwitches, useValue: new FeatureSwitches(settings) },
      { provide: OutboundHttp, useValue: outbound },
    ];
    return { module: PlatformModule, providers, exports: providers.map((provider) => provider.provide) };
  }
}
