import { AiContentModule, aiContentSchema } from '../../ai-content/src/index.js';
import { AnalyticsModule, analyticsSchema } from '../../analytics/src/index.js';
import { ApplicationsModule, applicationsSchema } from '../../applications/src/index.js';
import { gatewayHttp, GatewayModule } from '../../gateway/src/index.js';
import { IdentityModule, identitySchema } from '../../identity/src/index.js';
import { JobsIngestionModule, jobsSchema } from '../../jobs-ingestion/src/index.js';
import { NotificationsModule, notificationsSchema } from '../../notifications/src/index.js';
import { busMigrations, BusStrategy, connectBus, MessagingModule, messagingOptions } from '#messaging';
import type { ServiceSchema } from '#persistence';
import { bootstrap, type BootstrapOptions, type Environment, type RunningApp } from '#platform';
import type { StandaloneSettings } from './config.js';
import type { StandaloneDatabase } from './database.js';
import { environmentOf } from './environment.js';
import type { Secrets } from './secrets.js';
import { readAppSettings } from './settings.js';

/** Every schema of the product, and the log of the local bus. */
export const allSchemas: readonly ServiceSchema[] = [
  identitySchema,
  jobsSchema,
  applicationsSchema,
  aiContentSchema,
  analyticsSchema,
  notificationsSchema,
  { service: 'bus', entities: [], migrations: busMigrations },
];

/** All apps in one process over the local bus: the same modules that run alone elsewhere. */
export async function startComposition(
  settings: StandaloneSettings,
  given: Environment,
  database: StandaloneDatabase,
  secrets: Secrets,
  options: Pick<BootstrapOptions, 'embedded'> = {},
): Promise<RunningApp> {
  const apps = readAppSettings((app) => environmentOf(app, given, database, secrets));
  return bootstrap({
    app: 'standalone',
    settings,
    compose: async (logger) => {
      const bus = await connectBus('standalone', apps.bus, { logger: logger.for('bus') });
      return {
        modules: [
          MessagingModule.forRoot(bus, messagingOptions(apps.messaging)),
          IdentityModule.register(apps.identity),
          JobsIngestionModule.register(apps.jobsIngestion),
          ApplicationsModule.register(apps.applications),
          AiContentModule.register(apps.aiContent),
          AnalyticsModule.register(apps.analytics),
          NotificationsModule.register(apps.notifications),
          GatewayModule.register(apps.gateway),
        ],
        strategy: new BusStrategy(bus),
      };
    },
    http: gatewayHttp(apps.gateway),
    ...options,
  });
}
