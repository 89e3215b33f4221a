import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { NatsBus, silentLogger } from '#messaging';
import { startNats } from '#testing';
import { describeBus } from './bus-contract.js';

describeBus('NATS', async () => {
  const nats = await startNats();
  const admin: NatsConnection = await connect({
    servers: nats.address,
    user: 'admin',
    pass: nats.settingsFor('admin').NATS_PASSWORD,
  });
  const jsm = await jetstreamManager(admin);
  return {
    connect: (streams) =>
      NatsBus.connect({
        app: 'admin',
        settings: { url: nats.url, connectTimeoutMs: 5_000 },
        streams,
        logger: silentLogger,
      }),
    deleteStream: async (name) => {
      await jsm.streams.delete(name);
    },
    stop: async () => {
      await admin.close();
      await nats.stop();
    },
  };
});
