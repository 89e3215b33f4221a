import { APPS, type AppName } from '#contracts';
import { defaultTopologySettings, Topology, type TopologySettings } from '../topology/topology.js';
import type { Bus } from './bus.port.js';
import { type BusLogger, silentLogger } from './bus-errors.js';
import { LocalBus } from './local/local-bus.js';
import { NatsBus } from './nats/nats-bus.js';
import type { BusSettings } from './settings.js';

/** One app, or all of them in one process. */
export type BusUser = AppName | 'standalone';

export interface BusDependencies {
  logger?: BusLogger;
  topology?: Topology;
}

const MIB = 1024 * 1024;

/** The streams as the settings want them. */
export function topologySettings(settings: BusSettings): TopologySettings {
  return {
    ...defaultTopologySettings,
    replicas: settings.NATS_REPLICAS === '3' ? 3 : 1,
    eventMaxAgeMs: settings.NATS_EVENT_MAX_AGE,
    eventMaxBytes: settings.NATS_EVENT_MAX_MB * MIB,
    commandMaxBytes: settings.NATS_COMMAND_MAX_MB * MIB,
  };
}

/**
 * The bus of this process, its own streams made. Fails with an error that says the remedy when the broker cannot be
 * used; later losses of the connection mend themselves.
 */
export async function connectBus(
  user: BusUser,
  settings: BusSettings,
  dependencies: BusDependencies = {},
): Promise<Bus> {
  const logger = dependencies.logger ?? silentLogger;
  const topology = dependencies.topology ?? new Topology(topologySettings(settings));
  const apps = user === 'standalone' ? APPS : [user];
  const names = new Set(apps.flatMap((app) => topology.streamsOf(app).map((stream) => stream.name)));
  const streams = topology.allStreams().filter((stream) => names.has(stream.name));
  if (settings.BUS === 'local') {
    if (settings.BUS_DATABASE_URL === undefined) {
      throw new Error('BUS=local needs BUS_DATABASE_URL: the database with the login of role cc_bus.');
    }
    return LocalBus.connect({ connectionString: settings.BUS_DATABASE_URL, streams, logger });
  }
  const changeable = new Set(apps.flatMap((app) => topology.ownStreams(app)));
  return NatsBus.connect({
    app: user,
    settings: {
      url: settings.NATS_URL,
      user: settings.NATS_USER,
      password: settings.NATS_PASSWORD,
      connectTimeoutMs: settings.NATS_CONNECT_TIMEOUT,
      tlsCaFile: settings.NATS_CA_FILE,
    },
    streams,
    mayChange: (stream) => changeable.has(stream),
    logger,
  });
}
