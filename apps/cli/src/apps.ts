import type { AppName } from '#contracts';
import type { ServiceSchema } from '#persistence';
import type { SettingsDefinition } from '#platform';
import { aiContentSchema, aiContentSettings } from '../../ai-content/src/index.js';
import { analyticsSchema, analyticsSettings } from '../../analytics/src/index.js';
import { applicationsSchema, applicationsSettings } from '../../applications/src/index.js';
import { gatewaySettings } from '../../gateway/src/index.js';
import { identitySchema, identitySettings } from '../../identity/src/index.js';
import { jobsSchema, jobsSettings } from '../../jobs-ingestion/src/index.js';
import { notificationsSchema, notificationsSettings } from '../../notifications/src/index.js';

/** What each process reads from its environment. */
export const SETTINGS_OF: Readonly<Record<AppName, SettingsDefinition>> = {
  gateway: gatewaySettings,
  identity: identitySettings,
  'jobs-ingestion': jobsSettings,
  applications: applicationsSettings,
  'ai-content': aiContentSettings,
  analytics: analyticsSettings,
  notifications: notificationsSettings,
};

/** Every schema of a deployment over NATS; the schema of the local bus belongs to the standalone process. */
export const SCHEMAS: readonly ServiceSchema[] = [
  identitySchema,
  jobsSchema,
  applicationsSchema,
  aiContentSchema,
  analyticsSchema,
  notificationsSchema,
];
