import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { type Cluster, createTestDatabase, NO_SOURCES, startCluster, startNats, TEST_ENV } from '#testing';
import type { NatsHandle } from '#testing';
import { allSchemas } from '../../../src/compose.js';
import type { MyDataPlatform } from '../my-data-story.js';
import { filesBelow, filesWith } from './leftovers.js';

/** The seven apps as processes, erasing at once; what they leave on disk can be looked through. */
export async function startMyDataCluster(): Promise<MyDataPlatform & { cluster: Cluster; nats: NatsHandle }> {
  const [nats, database] = await Promise.all([startNats(), createTestDatabase(allSchemas)]);
  const cluster = await startCluster({
    nats,
    databaseUrlOf: (service) => database.urlOf(service),
    env: { ...TEST_ENV, ...NO_SOURCES, ERASURE_UNDO_WINDOW: '0s' },
  });
  const data = join(cluster.logDir, 'data');
  return {
    cluster,
    nats,
    url: cluster.gatewayUrl,
    database,
    placesWith: async (text) => [...(await filesWith(nats.storeDir, text)), ...(await filesWith(data, text))],
    files: async () => (await filesBelow(data)).map(({ path }) => path).filter((path) => path.includes('/files/')),
    messageTables: [],
    stop: async () => {
      await cluster.stop();
      await nats.stop();
      await database.drop();
      await rm(cluster.logDir, { recursive: true, force: true });
    },
  };
}
