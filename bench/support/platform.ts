import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allSchemas, startComposition } from '../../apps/standalone/src/compose.js';
import { standaloneSettings } from '../../apps/standalone/src/config.js';
import { openDatabase } from '../../apps/standalone/src/database.js';
import { loadSecrets } from '../../apps/standalone/src/secrets.js';
import { readSettings, type RunningApp } from '#platform';
import { TEST_ENV } from '#testing';

export interface Platform {
  url: string;
  running: RunningApp;
  /** The database as identity's role sees it. */
  identityUrl: string;
  stop(): Promise<void>;
}

/** All apps in this process with an embedded PostgreSQL, in a folder that goes with it. */
export async function startPlatform(
  changes: Readonly<Record<string, string>>,
  say: (line: string) => void,
): Promise<Platform> {
  const dataDir = await mkdtemp(join(tmpdir(), 'career-bench-'));
  const env = {
    ...TEST_ENV,
    DATA_DIR: dataDir,
    API_PORT: '0',
    HEALTH_PORT: '0',
    EMBEDDED_POSTGRES_PORT: '0',
    ...changes,
  };
  const settings = readSettings(standaloneSettings, env);
  const secrets = loadSecrets(dataDir);
  const database = await openDatabase(settings, secrets, allSchemas, say);
  const removeAll = async (): Promise<void> => {
    await database.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const running = await startComposition(settings, env, database, secrets, { embedded: true });
    return {
      url: running.url ?? '',
      running,
      identityUrl: database.urlOf('identity'),
      stop: async () => {
        await running.close();
        await removeAll();
      },
    };
  } catch (error) {
    await removeAll();
    throw error;
  }
}
