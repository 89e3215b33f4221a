import 'reflect-metadata';
import { Test } from '@nestjs/testing';
import {
  type Caller,
  type EventContract,
  getMatchProfile,
  type ImportedPosting,
  type MatchProfile,
  type RpcContract,
  type Static,
  type TSchema,
} from '#contracts';
import { newId } from '#kernel';
import { type Bus, BusStrategy, MessagingModule, NatsBus, RpcClient, silentLogger, Topology } from '#messaging';
import { PlatformModule, readSettings, ShutdownSequence } from '#platform';
import { createTestDatabase, type NatsHandle, startNats, type TestDatabase } from '#testing';
import { JobsIngestionModule, jobsSchema, jobsSettings } from '../../src/index.js';

/** The service on real PostgreSQL and NATS, asked as the gateway asks. Started again, it is another replica. */
export interface JobsWorld {
  db: TestDatabase;
  nats: NatsHandle;
  bus: Bus;
  start(settings?: Record<string, string>): Promise<JobsApp>;
  /** Stands in for identity; the newest answer counts. */
  identityAnswers(answer: (userId: string) => MatchProfile | null): void;
  /** As the owner of the event would, from its outbox. */
  publish<D extends TSchema>(contract: EventContract<D>, data: Static<D>): Promise<void>;
  stop(): Promise<void>;
}

export interface JobsApp {
  ask<Req extends TSchema, Res extends TSchema>(
    contract: RpcContract<Req, Res>,
    request: Static<Req>,
    caller?: Caller,
  ): Promise<Static<Res>>;
  stop(): Promise<void>;
}

export const user = (): Caller => ({ user_id: newId(), roles: ['user'], scopes: [] });
export const admin = (): Caller => ({ user_id: newId(), roles: ['admin'], scopes: [] });

const OFF = ['ARBEITNOW', 'THEMUSE', 'REMOTIVE', 'HIMALAYAS', 'GREENHOUSE', 'LEVER', 'ASHBY', 'SAMPLE_FEED'];
const SETTINGS: Record<string, string> = {
  NODE_ENV: 'test',
  LOG_LEVEL: process.env['TEST_LOG'] ?? 'silent',
  INGESTION_CRON: 'off',
  ...Object.fromEntries(OFF.map((source) => [`${source}_ENABLED`, 'false'])),
};

const connect = (nats: NatsHandle): Promise<Bus> => {
  const topology = new Topology();
  return NatsBus.connect({
    app: 'admin',
    settings: { url: nats.url, connectTimeoutMs: 5_000 },
    streams: topology.allStreams(),
    logger: silentLogger,
  });
};

export async function startWorld(): Promise<JobsWorld> {
  const db = await createTestDatabase([jobsSchema]);
  const nats = await startNats();
  const bus = await connect(nats);
  const apps: JobsApp[] = [];
  let profileOf: (userId: string) => MatchProfile | null = () => null;
  await bus.respond(getMatchProfile.subject, 'identity', ({ payload }) => {
    const { user_id }: Static<typeof getMatchProfile.request> = JSON.parse(Buffer.from(payload).toString('utf8'));
    return Promise.resolve({ payload: Buffer.from(JSON.stringify({ profile: profileOf(user_id) })), headers: {} });
  });
  return {
    db,
    nats,
    bus,
    start: async (changes = {}) => {
      const app = await startApp(db, await connect(nats), changes);
      apps.push(app);
      return app;
    },
    identityAnswers: (answer) => {
      profileOf = answer;
    },
    publish: async (contract, data) => {
      const id = newId();
      const envelope = {
        id,
        type: contract.type,
        source: contract.service,
        subject: id,
        time: new Date().toISOString(),
        data,
      };
      const payload = Buffer.from(JSON.stringify(envelope));
      await bus.append(contract.stream, id, { subject: contract.subject, payload, headers: {} });
    },
    stop: async () => {
      for (const app of apps) await app.stop();
      await bus.close();
      await nats.stop();
      await db.drop();
    },
  };
}

async function startApp(db: TestDatabase, bus: Bus, changes: Record<string, string>): Promise<JobsApp> {
  const settings = readSettings(jobsSettings, { ...SETTINGS, DATABASE_URL: db.urlOf('jobs-ingestion'), ...changes });
  const module = await Test.createTestingModule({
    imports: [
      PlatformModule.forRoot({ app: 'jobs-ingestion', settings }),
      MessagingModule.forRoot(bus, { retryDelaysMs: [20, 40], fetchWaitMs: 300, relayPollMs: 100, ledgerEveryMs: 500 }),
      JobsIngestionModule.register(settings),
    ],
  }).compile();
  const service = module.createNestMicroservice({ strategy: new BusStrategy(bus), logger: false });
  await service.listen();
  const client = module.get(RpcClient, { strict: false });
  const shutdown = module.get(ShutdownSequence, { strict: false });
  let stopping: Promise<void> | undefined;
  return {
    ask: (contract, request, caller) =>
      client.call(contract, request, { timeoutMs: 20_000, requestId: newId(), caller }),
    stop: () =>
      (stopping ??= (async () => {
        shutdown.add('close-app', 'nest', () => service.close());
        await shutdown.run('test', 5_000);
      })()),
  };
}

/** As a file has it. */
export const importedJob = (id: string, changes: Partial<ImportedPosting> = {}): ImportedPosting => ({
  source: 'a-file',
  source_id: id,
  title: `Imported ${id} Gardener`,
  company: `Parkwerk ${id}`,
  location: 'Vienna, Austria',
  description: `Plants of the ${id} kind need you.`,
  url: `https://park.example/${id}`,
  posted_at: '2026-11-01T00:00:00Z',
  ...changes,
});
