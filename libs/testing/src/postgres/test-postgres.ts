import { join } from 'node:path';
import { startEmbeddedPostgres } from '#persistence';
import { runFolder, runOwnerPid, sharedServer } from '../run-folder.js';

/**
 * Admin URL of the run's PostgreSQL. TEST_POSTGRES_ADMIN_URL names a server that is there already; otherwise one
 * without fsync is started for the whole run and goes with it.
 */
export async function testPostgres(): Promise<string> {
  const given = process.env.TEST_POSTGRES_ADMIN_URL;
  if (given !== undefined && given !== '') return given;
  const server = await sharedServer('postgres', async () => {
    const started = await startEmbeddedPostgres({
      dataDir: join(runFolder(), 'postgres'),
      unsafe: true,
      settings: { max_connections: '300', shared_buffers: '128MB', max_wal_size: '512MB' },
      ownerPid: runOwnerPid(),
      removeWhenOwnerGone: runFolder(),
    });
    return { url: started.adminUrl, pid: started.pid, signal: 'SIGQUIT' };
  });
  return server.url;
}
