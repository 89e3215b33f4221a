import 'reflect-metadata';
import { Test } from '@nestjs/testing';
import { expect } from '@jest/globals';
import type { Caller, CommandContract, EventContract, RpcContract, Static, TSchema, User } from '#contracts';
import {
  type DeliveryKind,
  registerAccount,
  type RegisterRequest,
  SendDeliveryV1,
  signIn,
  type SignInAnswer,
  type TokenPair,
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
  openDelivery,
  parseFieldKeys,
  PlatformModule,
  readSettings,
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
import jwt from 'jsonwebtoken';
import { IdentityModule, identitySchema, identitySettings } from '../../src/index.js';

export interface SignedIn {
  user: User;
  email: string;
  password: string;
  tokens: TokenPair;
  /** As the gateway would hand it on. */
  context: OutgoingContext & { caller: Caller };
}

export interface Letter {
  kind: DeliveryKind;
  user_id: string | null;
  expires_at: string | null;
  values: Record<string, string>;
}

/** The service alone, on real PostgreSQL and NATS, asked as the gateway asks. */
export interface IdentityApp {
  db: TestDatabase;
  /** With the rights of all; every service's streams are there. */
  bus: Bus;
  clock: FakeClock;
  get: <T>(type: abstract new (...args: never[]) => T) => T;
  ask<Req extends TSchema, Res extends TSchema>(
    contract: RpcContract<Req, Res>,
    request: Static<Req>,
    context?: OutgoingContext,
  ): Promise<Static<Res>>;
  /** Data of every event or command of this kind about `subject`, oldest first, as the outbox will send it. */
  told<D extends TSchema>(contract: EventContract<D> | CommandContract<D>, subject: string): Promise<Static<D>[]>;
  /** Every letter to this address so far, oldest first, opened as notifications does. */
  letters(address: string): Promise<Letter[]>;
  /** The account that was made at once, where addresses are not verified first. */
  registerOnly(request: RegisterRequest, context?: OutgoingContext): Promise<User>;
  register(changes?: { email?: string; full_name?: string; roles?: string[] }): Promise<SignedIn>;
  signIn(email: string, password: string, clientAddress?: string): Promise<TokenPair>;
  stop(): Promise<void>;
}

const fieldCipher = new FieldCipher(parseFieldKeys(TEST_FIELD_KEYS));

export const PASSWORD = 'seven purple elephants';

const SETTINGS: Record<string, string> = {
  NODE_ENV: 'test',
  LOG_LEVEL: 'silent',
  IDENTITY_KEY_SECRET: 'a secret that only this test suite knows',
  FIELD_KEYS: TEST_FIELD_KEYS,
  // The weakest that is allowed: these tests are about the rest.
  PASSWORD_HASH_MEMORY_KIB: '19456',
  PASSWORD_HASH_ITERATIONS: '2',
  CREDENTIAL_ANSWER_FLOOR: '0ms',
};

/** `shared`: the database of another one, which drops it. */
export async function startIdentity(changes: Record<string, string> = {}, shared?: TestDatabase): Promise<IdentityApp> {
  const db = shared ?? (await createTestDatabase([identitySchema]));
  const nats = await startNats();
  const settings = readSettings(identitySettings, { ...SETTINGS, DATABASE_URL: db.urlOf('identity'), ...changes });
  // Starts at the real time, since tokens are checked by libraries that ask the real clock.
  const clock = fakeClock(new Date());
  const bus = await connect(nats);
  const module = await Test.createTestingModule({
    imports: [
      PlatformModule.forRoot({ app: 'identity', settings }),
      MessagingModule.forRoot(bus),
      IdentityModule.register(settings),
    ],
  })
    .overrideProvider(CLOCK)
    .useValue(clock)
    .compile();
  const service = module.createNestMicroservice({ strategy: new BusStrategy(bus), logger: false });
  await service.listen();
  const client = module.get(RpcClient, { strict: false });

  const app: IdentityApp = {
    db,
    bus,
    clock,
    get: (type) => module.get(type, { strict: false }),
    ask: (contract, request, context = {}) => client.call(contract, request, { timeoutMs: 20_000, ...context }),
    told: async (contract, subject) => {
      const rows = await db.admin<{ data: Static<typeof contract.data> }>(
        `SELECT payload::jsonb -> 'data' AS data FROM identity.outbox
         WHERE subject = $1 AND payload::jsonb ->> 'subject' = $2 ORDER BY id`,
        [contract.subject, subject],
      );
      return rows.map((row) => row.data);
    },
    signIn: async (email, password, clientAddress = '203.0.113.7') =>
      tokensIn(await app.ask(signIn, { email, password }, { clientAddress, userAgent: 'test' })),
    letters: async (address) => {
      const rows = await db.admin<{ data: Static<typeof SendDeliveryV1.data> }>(
        `SELECT payload::jsonb -> 'data' AS data FROM identity.outbox WHERE subject = $1 ORDER BY id`,
        [SendDeliveryV1.subject],
      );
      return rows
        .map(({ data }) => ({ ...data, content: openDelivery(fieldCipher, data.delivery_id, data.content) }))
        .filter(({ content }) => content.address === address)
        .map(({ kind, user_id, expires_at, content }) => ({ kind, user_id, expires_at, values: content.values }));
    },
    registerOnly: async (request, context) => {
      const answer = await app.ask(registerAccount, request, context);
      if ('status' in answer) throw new Error('this installation verifies addresses first');
      return answer;
    },
    register: async ({ email = `${newId()}@example.com`, full_name = 'Ada Lovelace', roles } = {}) => {
      const user = await app.registerOnly({ email, password: PASSWORD, full_name });
      if (roles !== undefined) await db.admin('UPDATE identity.account SET roles = $2 WHERE id = $1', [user.id, roles]);
      const tokens = await app.signIn(email, PASSWORD);
      return { user, email, password: PASSWORD, tokens, context: contextOf(tokens) };
    },
    stop: async () => {
      // Nest knows nothing of what hooks into the sequence, e.g. the one who leads.
      const shutdown = module.get(ShutdownSequence, { strict: false });
      shutdown.add('close-app', 'nest', () => service.close());
      await shutdown.run('test', 5_000);
      await bus.close();
      await nats.stop();
      if (shared === undefined) await db.drop();
    },
  };
  return app;
}

/** Of an account without a second factor. */
export function tokensIn(answer: SignInAnswer): TokenPair {
  if ('mfa_required' in answer) throw new Error('a second factor was asked for');
  return answer;
}

/** What the gateway reads out of an access token whose signature it has checked. */
export function contextOf(tokens: TokenPair): { caller: Caller; clientAddress: string } {
  const claims = jwt.decode(tokens.access_token, { json: true });
  if (claims === null) throw new Error('not a token');
  return {
    caller: { user_id: claims.sub ?? '', session_id: claims.sid, roles: claims.roles, scopes: [] },
    clientAddress: '203.0.113.7',
  };
}

/** The error of a promise that must reject. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  const [outcome] = await Promise.allSettled([promise]);
  expect(outcome?.status).toBe('rejected');
  return outcome?.status === 'rejected' ? outcome.reason : undefined;
}

const connect = (nats: NatsHandle) =>
  NatsBus.connect({
    app: 'admin',
    settings: { url: nats.url, connectTimeoutMs: 5000 },
    streams: new Topology().allStreams(),
    logger: silentLogger,
  });
