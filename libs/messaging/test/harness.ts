import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DynamicModule, Module, type Provider, type Type } from '@nestjs/common';
import type { Envelope, EventContract, ServiceName } from '#contracts';
import { newId } from '#kernel';
import {
  type Bus,
  BusStrategy,
  busMigrations,
  LocalBus,
  MessagingModule,
  messagingMigrations,
  type MessagingOptions,
  NatsBus,
  Outbox,
  RpcClient,
  silentLogger,
  Topology,
} from '#messaging';
import { PersistenceModule, type ServiceSchema, UnitOfWork, unitOfWorkToken } from '#persistence';
import { bootstrap, platformSettings, readSettings, type RunningApp } from '#platform';
import { createTestDatabase, type NatsHandle, type NatsUser, startNats, type TestDatabase } from '#testing';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A table for effects, so that a test can count them. */
class CreateEffects1763600000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE effects (id bigserial PRIMARY KEY, name text NOT NULL, message_id uuid)`);
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE effects`);
  }
}

export const schemaOf = (service: ServiceName): ServiceSchema => ({
  service,
  entities: [],
  migrations: [...messagingMigrations, CreateEffects1763600000001],
});

/** Short enough for a test, long enough to be told apart. */
export const quickOptions: Partial<MessagingOptions> = {
  retryDelaysMs: [20, 40, 60, 80],
  fetchWaitMs: 300,
  eventAckWaitMs: 2000,
  relayPollMs: 200,
  relayLongestBackOffMs: 500,
  ledgerEveryMs: 500,
  telemetryEveryMs: 50,
};

export type AdapterName = 'NATS' | 'local';

/** The real parts of one adapter: a database with the schemas, and a bus. */
export interface World {
  adapter: AdapterName;
  database: TestDatabase;
  /** Only with NATS. */
  nats?: NatsHandle;
  connect(service: ServiceName): Promise<Bus>;
  /** The stream is gone, as after a lost store; the adapter makes it anew. */
  loseStreams(bus: Bus): Promise<void>;
  stop(): Promise<void>;
}

const SERVICES: readonly ServiceName[] = ['identity', 'notifications', 'jobs-ingestion'];
const bus: ServiceSchema = { service: 'bus', entities: [], migrations: busMigrations };

export async function createWorld(adapter: AdapterName, user?: NatsUser): Promise<World> {
  const database = await createTestDatabase([...SERVICES.map(schemaOf), bus]);
  const topology = new Topology();
  if (adapter === 'local') {
    const connect = (): Promise<Bus> =>
      LocalBus.connect({
        connectionString: database.urlOf('bus'),
        streams: topology.allStreams(),
        logger: silentLogger,
      });
    return {
      adapter,
      database,
      connect,
      loseStreams: async () => {
        await database.admin('DELETE FROM bus.streams');
      },
      stop: () => database.drop(),
    };
  }
  const nats = await startNats();
  return {
    adapter,
    database,
    nats,
    connect: (service) =>
      NatsBus.connect({
        app: user ?? service,
        settings: { url: nats.urlFor(user ?? service), connectTimeoutMs: 5000 },
        streams: user === 'admin' ? topology.allStreams() : topology.streamsOf(service),
        logger: silentLogger,
      }),
    loseStreams: () => nats.deleteStore(),
    stop: async () => {
      await nats.stop();
      await database.drop();
    },
  };
}

export interface Running {
  bus: Bus;
  app: RunningApp;
  unitOfWork: UnitOfWork;
  outbox: Outbox;
  rpc: RpcClient;
  get<T>(type: abstract new (...args: never[]) => T): T;
  close(): Promise<void>;
}

@Module({})
class ServiceUnderTest {}

/** One process of one service, as bootstrap starts it. */
export async function startService(
  world: World,
  service: ServiceName,
  parts: { controllers: Type<unknown>[]; providers?: Provider[] },
  options: Partial<MessagingOptions> = {},
): Promise<Running> {
  const connection = await world.connect(service);
  const serviceModule: DynamicModule = {
    module: ServiceUnderTest,
    imports: [
      PersistenceModule.forService(schemaOf(service), world.database.settingsOf(service)),
      MessagingModule.forService(service, {}),
    ],
    controllers: parts.controllers,
    providers: parts.providers ?? [],
  };
  const app = await bootstrap({
    app: service,
    settings: readSettings(platformSettings, {
      HEALTH_PORT: '0',
      SHUTDOWN_TIMEOUT_MS: '4000',
      LOG_LEVEL: process.env.TEST_LOG ?? 'silent',
    }),
    compose: () => ({
      modules: [MessagingModule.forRoot(connection, { ...quickOptions, ...options }), serviceModule],
      strategy: new BusStrategy(connection),
    }),
    embedded: true,
  });
  const get = <T>(type: abstract new (...args: never[]) => T): T => app.app.get<T>(type, { strict: false });
  return {
    bus: connection,
    app,
    unitOfWork: app.app.get<UnitOfWork>(unitOfWorkToken(service), { strict: false }),
    outbox: get(Outbox),
    rpc: get(RpcClient),
    get,
    close: async () => {
      await app.close();
    },
  };
}

export interface Effect {
  name: string;
  message_id: string | null;
}

export const effectsOf = (world: World, schema: string): Promise<Effect[]> =>
  world.database.admin<Effect & Record<string, unknown>>(`SELECT name, message_id FROM ${schema}.effects ORDER BY id`);

export const countOf = async (world: World, from: string): Promise<number> => {
  const [row] = await world.database.admin<{ count: number }>(`SELECT count(*)::int AS count FROM ${from}`);
  return row?.count ?? 0;
};

/** Publishes straight to the stream, as a relay of the owner would. */
export async function publishRaw(
  bus: Bus,
  contract: EventContract,
  changes: Partial<Envelope> = {},
  messageId?: string,
): Promise<string> {
  const envelope: Envelope = {
    id: newId(),
    type: contract.type,
    source: contract.service,
    subject: newId(),
    time: new Date().toISOString(),
    data: contract.sample,
    ...changes,
  };
  await bus.append(contract.stream, messageId ?? envelope.id, {
    subject: contract.subject,
    payload: Buffer.from(JSON.stringify(envelope)),
    headers: {},
  });
  return envelope.id;
}

export { sleep };
