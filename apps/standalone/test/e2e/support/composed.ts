import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings, type RunningApp } from '#platform';
import { createTestDatabase, TEST_ENV, type TestDatabase } from '#testing';
import { allSchemas, startComposition } from '../../../src/compose.js';
import { standaloneSettings } from '../../../src/config.js';
import { loadSecrets } from '../../../src/secrets.js';

export interface Composed {
  url: string;
  running: RunningApp;
  database: TestDatabase;
  stop(): Promise<void>;
}

/** The whole platform in this process, as `make start` runs it, on a database of its own. */
export async function startComposed(changes: Readonly<Record<string, string>> = {}): Promise<Composed> {
  const [database, dataDir] = await Promise.all([
    createTestDatabase(allSchemas),
    mkdtemp(join(tmpdir(), 'career-e2e-')),
  ]);
  const env = { ...TEST_ENV, DATA_DIR: dataDir, API_PORT: '0', HEALTH_PORT: '0', ...changes };
  const running = await startComposition(
    readSettings(standaloneSettings, env),
    env,
    {
      urlOf: (owner) => database.urlOf(owner),
      description: 'the test database',
      stop: () => Promise.resolve(),
    },
    loadSecrets(dataDir),
    { embedded: true },
  );
  return {
    url: running.url ?? '',
    running,
    database,
    stop: async () => {
      await running.close();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
