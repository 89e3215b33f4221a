import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  type Caller,
  type CommandContract,
  type DeliveryContent,
  type DeliveryKind,
  type EventContract,
  getMailAddress,
  type RpcContract,
  SendDeliveryV1,
  type Static,
  type TSchema,
} from '#contracts';
import { newId } from '#kernel';
import {
  type Bus,
  BusStrategy,
  MessagingModule,
  NatsBus,
  type OutgoingContext,
  RpcClient,
  silentLogger,
  Topology,
} from '#messaging';
import {
  CLOCK,
  FieldCipher,
  OutboundHttp,
  parseFieldKeys,
  PlatformModule,
  readSettings,
  sealDelivery,
  ShutdownSequence,
} from '#platform';
import {
  createTestDatabase,
  type FakeClock,
  fakeClock,
  type NatsHandle,
  startNats,
  TEST_FIELD_KEYS,
  type TestDatabase,
} from '#testing';
import { NotificationsModule, notificationsSchema, notificationsSettings } from '../../src/index.js';

/** Database and bus; services started on them are replicas of each other. */
export interface World {
  db: TestDatabase;
  nats: NatsHandle;
  clock: FakeClock;
  cipher: FieldCipher;
  /** What identity says when it is asked where to write to; undefined: it fails. */
  mailAddressOf: (userId: string) => string | null | undefined;
  start(settings?: Record<string, string>, outbound?: OutboundHttp): Promise<NotificationsApp>;
  /** As the owner would, from its outbox. Answers the message's id. */
  publish<D extends TSchema>(
    contract: EventContract<D> | CommandContract<D>,
    data: Static<D>,
    id?: string,
  ): Promise<string>;
  /** Asks for a mail, as identity does; answers the delivery's id. */
  mail(kind: DeliveryKind, content: Partial<DeliveryContent>, more?: MailOptions): Promise<string>;
  /** Data of every event of this kind that left about `subject`. */
  told<D extends TSchema>(contract: EventContract<D>, subject: string): Promise<Static<D>[]>;
  stop(): Promise<void>;
}
interface MailOptions {
  id?: string;
  userId?: string | null;
  expiresAt?: Date;
}

export interface NotificationsApp {
  get<T>(type: Type<T>): T;
  ask<Req extends TSchema, Res extends TSchema>(
    contract: RpcContract<Req, Res>,
    request: Static<Req>,
    context?: OutgoingContext,
  ): Promise<Static<Res>>;
  stop(): Promise<void>;
}

export const user = (changes: Partial<Caller> = {}): Caller => ({
  user_id: newId(),
  roles: ['user'],
  scopes: [],
  ...changes,
});

export async function startWorld(): Promise<World> {
  const db = await createTestDatabase([notificationsSchema]);
  const nats = await startNats();
  const bus = await connect(nats);
  const clock = fakeClock(new Date());
  const cipher = new FieldCipher(parseFieldKeys(TEST_FIELD_KEYS));
  const apps: NotificationsApp[] = [];
  const world: World = {
    db,
    nats,
    clock,
    cipher,
    mailAddressOf: () => null,
    start: async (changes = {}, outbound) => {
      const app = await startApp(world, await connect(nats), changes, outbound);
      apps.push(app);
      return app;
    },
    publish: async (contract, data, id = newId()) => {
      const { type, service: source, stream, subject } = contract;
      const envelope = { id, type, source, subject: id, time: new Date().toISOString(), data };
      await bus.append(stream, newId(), { subject, payload: Buffer.from(JSON.stringify(envelope)), headers: {} });
      return id;
    },
    mail: async (kind, content, { id = newId(), userId = null, expiresAt } = {}) => {
      const whole = { address: 'ada@example.com', language: null, values: {}, ...content };
      await world.publish(SendDeliveryV1, {
        delivery_id: id,
        user_id: userId,
        kind,
        content: sealDelivery(cipher, id, whole),
        expires_at: expiresAt?.toISOString() ?? null,
      });
      return id;
    },
    told: async (contract, subject) => {
      const rows = await db.admin<{ data: Static<typeof contract.data> }>(
        `SELECT payload::jsonb -> 'data' AS data FROM notifications.outbox
         WHERE subject = $1 AND payload::jsonb ->> 'subject' = $2 ORDER BY id`,
        [contract.subject, subject],
      );
      return rows.map((row) => row.data);
    },
    stop: async () => {
      for (const app of apps) await app.stop();
      await bus.close();
      await nats.stop();
      await db.drop();
    },
  };
  await bus.respond(getMailAddress.subject, 'identity', ({ payload }) => {
    const { user_id }: Static<typeof getMailAddress.request> = JSON.parse(Buffer.from(payload).toString('utf8'));
    const address = world.mailAddressOf(user_id);
    if (address === undefined) return Promise.reject(new Error('identity is away'));
    return Promise.resolve({ payload: Buffer.from(JSON.stringify({ address })), headers: {} });
  });
  return world;
}

const connect = (nats: NatsHandle): Promise<Bus> =>
  NatsBus.connect({
    app: 'admin',
    settings: { url: nats.url, connectTimeoutMs: 5_000 },
    streams: new Topology().allStreams(),
    logger: silentLogger,
  });

async function startApp(
  { db, clock }: World,
  bus: Bus,
  changes: Record<string, string>,
  outbound: OutboundHttp | undefined,
): Promise<NotificationsApp> {
  const settings = readSettings(notificationsSettings, {
    NODE_ENV: 'test',
    LOG_LEVEL: process.env['TEST_LOG'] ?? 'silent',
    FIELD_KEYS: TEST_FIELD_KEYS,
    DATABASE_URL: db.urlOf('notifications'),
    ...changes,
  });
  const builder = Test.createTestingModule({
    imports: [
      PlatformModule.forRoot({ app: 'notifications', settings }),
      MessagingModule.forRoot(bus, { retryDelaysMs: [20, 40], fetchWaitMs: 300, relayPollMs: 100, ledgerEveryMs: 500 }),
      NotificationsModule.register(settings),
    ],
  })
    .overrideProvider(CLOCK)
    .useValue(clock);
  if (outbound !== undefined) builder.overrideProvider(OutboundHttp).useValue(outbound);
  const module = await builder.compile();
  const service = module.createNestMicroservice({ strategy: new BusStrategy(bus), logger: false });
  await service.listen();
  const client = module.get(RpcClient, { strict: false });
  const shutdown = module.get(ShutdownSequence, { strict: false });
  let stopping: Promise<void> | undefined;
  return {
    get: (type) => module.get(type, { strict: false }),
    ask: (contract, request, context = {}) =>
      client.call(contract, request, { timeoutMs: 20_000, requestId: newId(), ...context }),
    stop: () =>
      (stopping ??= (async () => {
        shutdown.add('close-app', 'nest', () => service.close());
        await shutdown.run('test', 5_000);
      })()),
  };
}
