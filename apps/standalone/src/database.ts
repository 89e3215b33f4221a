import { join } from 'node:path';
import { migrate, type SchemaOwner, type ServiceSchema, startEmbeddedPostgres, urlForRole } from '#persistence';
import type { StandaloneSettings } from './config.js';
import type { Secrets } from './secrets.js';

export interface StandaloneDatabase {
  /** Connection of one service's role. */
  urlOf(owner: SchemaOwner): string;
  /** `embedded` or the host of DATABASE_URL, for the screen. */
  description: string;
  stop(): Promise<void>;
}

/** The database, migrated: embedded below the data folder unless DATABASE_URL names another. */
export async function openDatabase(
  settings: StandaloneSettings,
  secrets: Secrets,
  schemas: readonly ServiceSchema[],
  say: (line: string) => void,
): Promise<StandaloneDatabase> {
  const server = await findServer(settings, say);
  try {
    const { applied } = await migrate({
      adminUrl: server.adminUrl,
      schemas,
      rolePasswords: secrets.databasePasswords,
      say,
    });
    const { length } = applied;
    if (length > 0) say(`database brought up to date (${length} migration${length === 1 ? '' : 's'})`);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    urlOf: (owner) => urlForRole(server.adminUrl, owner, secrets.databasePasswords[owner]),
    description: server.description,
    stop: server.stop,
  };
}

async function findServer(settings: StandaloneSettings, say: (line: string) => void) {
  if (settings.DATABASE_URL !== undefined) {
    const { host, pathname } = new URL(settings.DATABASE_URL);
    return {
      adminUrl: settings.DATABASE_URL,
      description: `PostgreSQL at ${host}${pathname}`,
      stop: () => Promise.resolve(),
    };
  }
  say('starting the embedded PostgreSQL');
  const embedded = await startEmbeddedPostgres({
    dataDir: join(settings.DATA_DIR, 'postgres'),
    port: settings.EMBEDDED_POSTGRES_PORT,
  });
  return {
    adminUrl: embedded.adminUrl,
    description: `embedded PostgreSQL, port ${embedded.port}`,
    stop: () => embedded.stop('fast'),
  };
}
