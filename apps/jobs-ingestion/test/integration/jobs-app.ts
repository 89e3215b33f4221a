import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { expect } from '@jest/globals';
import { Test } from '@nestjs/testing';
import {
  type Caller,
  EmployerCompaniesChangedV1,
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
import { createTestDatabase, eventually, type NatsHandle, startNats, type TestDatabase } from '#testing';
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
  /** What an admin lets an employer speak for; resolves when his postings have followed. Answers the event's data. */
  grant(who: Caller, ...companies: readonly (string | Grant)[]): Promise<Granted>;
  /** Nothing is left to follow. */
  followed(): Promise<void>;
  stop(): Promise<void>;
}

type Granted = Static<typeof EmployerCompaniesChangedV1.data>;
type Grant = Granted['companies'][number];

export interface JobsApp {
  ask<Req extends TSchema, Res extends TSchema>(
    contract: RpcContract<Req, Res>,
    request: Static<Req>,
    caller?: Caller,
    idempotencyKey?: string,
  ): Promise<Static<Res>>;
  /** For what happens by the clock. */
  get<T>(part: Type<T>): T;
  stop(): Promise<void>;
}

export const user = (): Caller => ({ user_id: newId(), roles: ['user'], scopes: [] });
export const employer = (): Caller => ({ user_id: newId(), roles: ['user', 'employer'], scopes: [] });
export const admin = (): Caller => ({ user_id: newId(), roles: ['admin'], scopes: [] });

const PATIENT = { timeoutMs: 20_000 };
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
  let grants = 0;
  let profileOf: (userId: string) => MatchProfile | null = () => null;
  await bus.respond(getMatchProfile.subject, 'identity', ({ payload }) => {
    const { user_id }: Static<typeof getMatchProfile.request> = JSON.parse(Buffer.from(payload).toString('utf8'));
    return Promise.resolve({ payload: Buffer.from(JSON.stringify({ profile: profileOf(user_id) })), headers: {} });
  });
  const world: JobsWorld = {
    db,
    nats,
    bus,
    grant: async (who, ...companies) => {
      grants += 1;
      const data = {
        user_id: who.user_id,
        version: grants,
        companies: companies.map((one) => (typeof one === 'string' ? { company_key: one, domain: null } : one)),
      };
      await world.publish(EmployerCompaniesChangedV1, data);
      await eventually(async () => {
        const rows = await db.admin('SELECT version FROM jobs.employer_grant WHERE user_id = $1', [who.user_id]);
        expect(rows).toEqual([{ version: data.version }]);
      }, PATIENT);
      await world.followed();
      return data;
    },
    followed: () =>
      eventually(async () => {
        const left = await db.admin(
          `SELECT id FROM jobs.outbox o WHERE subject LIKE 'cmd.%employer-posting.follow%'
             AND NOT EXISTS (SELECT FROM jobs.inbox i WHERE i.message_id::text = o.id::text)`,
        );
        expect(left).toEqual([]);
      }, PATIENT),
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
  return world;
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
    ask: (contract, request, caller, idempotencyKey) =>
      client.call(contract, request, { timeoutMs: 20_000, requestId: newId(), caller, idempotencyKey }),
    get: (part) => module.get(part, { strict: false }),
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
