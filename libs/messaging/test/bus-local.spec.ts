import { beforeAll } from '@jest/globals';
import { busMigrations, LocalBus, silentLogger } from '#messaging';
import { createTestDatabase, type TestDatabase } from '#testing';
import { describeBus } from './bus-contract.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase([{ service: 'bus', entities: [], migrations: busMigrations }]);
}, 120_000);

describeBus('local', async () => ({
  connect: (streams) => LocalBus.connect({ connectionString: database.urlOf('bus'), streams, logger: silentLogger }),
  deleteStream: async (name) => {
    await database.admin('DELETE FROM bus.streams WHERE name = $1', [name]);
  },
  stop: () => database.drop(),
}));
