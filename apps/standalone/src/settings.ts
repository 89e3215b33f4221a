import type { ServiceName } from '#contracts';
import { busSettings, messagingSettings } from '#messaging';
import { type Environment, loadAllSettings, readAllSettings } from '#platform';
import { aiContentSettings } from '../../ai-content/src/index.js';
import { analyticsSettings } from '../../analytics/src/index.js';
import { applicationsSettings } from '../../applications/src/index.js';
import { gatewayChecks, gatewaySettings } from '../../gateway/src/index.js';
import { identityChecks, identitySettings } from '../../identity/src/index.js';
import { jobsSettings } from '../../jobs-ingestion/src/index.js';
import { notificationsSettings } from '../../notifications/src/index.js';
import { type StandaloneSettings, standaloneSettings } from './config.js';
import { environmentOf } from './environment.js';
import { makeSecrets } from './secrets.js';

type EnvironmentOf = (app: ServiceName | 'gateway') => Environment;

const partsOf = (env: EnvironmentOf) => ({
  bus: { definition: busSettings, env: env('gateway') },
  messaging: { definition: messagingSettings, env: env('gateway') },
  gateway: { definition: gatewaySettings, env: env('gateway'), checks: gatewayChecks },
  identity: { definition: identitySettings, env: env('identity'), checks: identityChecks },
  jobsIngestion: { definition: jobsSettings, env: env('jobs-ingestion') },
  applications: { definition: applicationsSettings, env: env('applications') },
  aiContent: { definition: aiContentSettings, env: env('ai-content') },
  analytics: { definition: analyticsSettings, env: env('analytics') },
  notifications: { definition: notificationsSettings, env: env('notifications') },
});

/** The settings of every app in the composition. */
export const readAppSettings = (env: EnvironmentOf) => readAllSettings(partsOf(env));

/**
 * The composition's own settings. Those of all apps in it are read with them, before anything is started or written:
 * whatever is wrong is one list, and the process exits with 78.
 */
export function loadStandaloneSettings(given: Environment): StandaloneSettings {
  // Made by the composition later, and always good.
  const database = { urlOf: () => 'postgres://not-yet.invalid/' };
  const secrets = makeSecrets();
  return loadAllSettings({
    standalone: { definition: standaloneSettings, env: given },
    ...partsOf((app) => environmentOf(app, given, database, secrets)),
  }).standalone;
}
