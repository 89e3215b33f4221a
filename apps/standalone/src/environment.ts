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
  database: Pick<StandaloneDatabase, 'urlOf'>,
  secrets: Pick<Secrets, 'identityKey' | 'fieldKeys'>,
): Environment {
  const unlessGiven = {
    // Seven services in one process share one machine: small pools.
    DATABASE_POOL_SIZE: '4',
    DATABASE_SEARCH_POOL_SIZE: '4',
    IDENTITY_KEY_SECRET: secrets.identityKey,
    FIELD_KEYS: secrets.fieldKeys,
  };
  const own = {
    ...(service === 'gateway' ? {} : { DATABASE_URL: database.urlOf(service) }),
    BUS: 'local',
    BUS_DATABASE_URL: database.urlOf('bus'),
  };
  const environment: Record<string, string | undefined> = { ...given, ...own };
  // The file the composition's own database was read from is none of the services'.
  for (const name of Object.keys(own)) delete environment[`${name}_FILE`];
  for (const [name, value] of Object.entries(unlessGiven)) {
    if (isBlank(given[name]) && isBlank(given[`${name}_FILE`])) environment[name] = value;
  }
  return environment;
}

/** As compose files write a variable that is not set. */
const isBlank = (text: string | undefined): boolean => text === undefined || text.trim() === '';

/** The terminal belongs to the screen; the log goes to a file beside the data unless told otherwise. */
export const withScreenDefaults = (given: Environment): Environment => ({
  LOG_FILE: join(given['DATA_DIR'] ?? './data', 'standalone.log'),
  NODE_ENV: 'production',
  ...given,
});
