import { AiContentModule, aiContentSchema, aiContentSettings } from '../../ai-content/src/index.js';
import { AnalyticsModule, analyticsSchema, analyticsSettings } from '../../analytics/src/index.js';
import { ApplicationsModule, applicationsSchema, applicationsSettings } from '../../applications/src/index.js';
import { gatewayHttp, GatewayModule, gatewaySettings } from '../../gateway/src/index.js';
import { IdentityModule, identitySchema, identitySettings } from '../../identity/src/index.js';
import { JobsIngestionModule, jobsSchema, jobsSettings } from '../../jobs-ingestion/src/index.js';
import { NotificationsModule, notificationsSchema, notificationsSettings } from '../../notifications/src/index.js';
import {
  busMigrations,
  busSettings,
  BusStrategy,
  connectBus,
  MessagingModule,
  messagingOptions,
  messagingSettings,
} from '#messaging';
import type { ServiceSchema } from '#persistence';
import { bootstrap, type BootstrapOptions, type Environment, readSettings, type RunningApp } from '#platform';
import type { StandaloneSettings } from './config.js';
import type { StandaloneDatabase } from './database.js';
import { environmentOf } from './environment.js';
import type { Secrets } from './secrets.js';

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
  const env = (service: Parameters<typeof environmentOf>[0]) => environmentOf(service, given, database, secrets);
  const gateway = readSettings(gatewaySettings, env('gateway'));
  const identity = readSettings(identitySettings, env('identity'));
  return bootstrap({
    app: 'standalone',
    settings,
    compose: async (logger) => {
      const bus = await connectBus('standalone', readSettings(busSettings, env('gateway')), {
        logger: logger.for('bus'),
      });
      return {
        modules: [
          MessagingModule.forRoot(bus, messagingOptions(readSettings(messagingSettings, env('gateway')))),
          IdentityModule.register(identity),
          JobsIngestionModule.register(readSettings(jobsSettings, env('jobs-ingestion'))),
          ApplicationsModule.register(readSettings(applicationsSettings, env('applications'))),
          AiContentModule.register(readSettings(aiContentSettings, env('ai-content'))),
          AnalyticsModule.register(readSettings(analyticsSettings, env('analytics'))),
          NotificationsModule.register(readSettings(notificationsSettings, env('notifications'))),
          GatewayModule.register(gateway),
        ],
        strategy: new BusStrategy(bus),
      };
    },
    http: gatewayHttp(gateway),
    ...options,
  });
}
