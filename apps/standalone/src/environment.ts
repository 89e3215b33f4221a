import { join } from 'node:path';
import type { ServiceName } from '#contracts';
import type { Environment } from '#platform';
import type { StandaloneDatabase } from './database.js';
import type { Secrets } from './secrets.js';

/**
 * The environment one service would have as a process of its own. What somebody set stays as it is, except where it
 * must be the composition's own (roles, bus).
 */
export function environmentOf(
  service: ServiceName | 'gateway',
  given: Environment,
  database: StandaloneDatabase,
  secrets: Secrets,
): Environment {
  return {
    // Seven services in one process share one machine: small pools.
    DATABASE_POOL_SIZE: '4',
    DATABASE_SEARCH_POOL_SIZE: '4',
    IDENTITY_KEY_SECRET: secrets.identityKey,
    FIELD_KEYS: secrets.fieldKeys,
    ...given,
    ...(service === 'gateway' ? {} : { DATABASE_URL: database.urlOf(service) }),
    BUS: 'local',
    BUS_DATABASE_URL: database.urlOf('bus'),
  };
}

/** The terminal belongs to the screen; the log goes to a file beside the data unless told otherwise. */
export const withScreenDefaults = (given: Environment): Environment => ({
  LOG_FILE: join(given['DATA_DIR'] ?? './data', 'standalone.log'),
  NODE_ENV: 'production',
  ...given,
});
