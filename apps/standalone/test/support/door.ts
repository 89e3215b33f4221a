import 'reflect-metadata';
import { compileSchema, type Static, type TSchema } from '#contracts';
import { BusStrategy, busSettings, connectBus, MessagingModule } from '#messaging';
import { bootstrap, FieldCipher, openDelivery, parseFieldKeys, readSettings, type RunningApp } from '#platform';
import { createTestDatabase, freePort, startNats, TEST_FIELD_KEYS, type TestDatabase } from '#testing';
import { SendDeliveryV1 } from '#contracts';
import { gatewayHttp, GatewayModule, gatewaySettings } from '../../../gateway/src/index.js';
import { IdentityModule, identitySchema, identitySettings } from '../../../identity/src/index.js';

export interface Answered {
  status: number;
  headers: Headers;
  body: unknown;
}

/** Identity behind one gateway, asked over HTTP. */
export interface Door {
  url: string;
  db: TestDatabase;
  identity: RunningApp;
  send(method: string, path: string, options?: { token?: string; body?: unknown; cookie?: string }): Promise<Answered>;
  /** `values` of the newest letter of this kind to this address. */
  letter(address: string, kind: string): Promise<Record<string, string>>;
  stop(): Promise<void>;
}

const QUIET = { NODE_ENV: 'test', LOG_LEVEL: 'silent', HEALTH_PORT: '0' };
const NO_LIMITS = { RATE_LIMIT_CREDENTIALS: '0', RATE_LIMIT_GENERAL: '0', RATE_LIMIT_GENERAL_HOURLY: '0' };

/** Where it will answer: providers must know before it starts. */
export async function doorAddress(): Promise<{ port: number; url: string }> {
  const port = await freePort();
  return { port, url: `http://127.0.0.1:${port}` };
}

export async function startDoor(
  address: { port: number; url: string },
  changes: Record<string, string> = {},
): Promise<Door> {
  const nats = await startNats();
  const db = await createTestDatabase([identitySchema]);
  const identityEnv = {
    ...QUIET,
    ...nats.settingsFor('identity'),
    DATABASE_URL: db.urlOf('identity'),
    IDENTITY_KEY_SECRET: 'a secret that only this test suite knows',
    FIELD_KEYS: TEST_FIELD_KEYS,
    PASSWORD_HASH_MEMORY_KIB: '19456',
    PASSWORD_HASH_ITERATIONS: '2',
    CREDENTIAL_ANSWER_FLOOR: '0ms',
    PUBLIC_URL: address.url,
    ...changes,
  };
  const gatewayEnv = { ...QUIET, ...NO_LIMITS, ...nats.settingsFor('gateway'), API_PORT: String(address.port) };
  const identity = await startIdentity(identityEnv);
  const gateway = await startGateway(gatewayEnv);
  const cipher = new FieldCipher(parseFieldKeys(TEST_FIELD_KEYS));

  return {
    url: address.url,
    db,
    identity,
    send: async (method, path, { token, body, cookie } = {}) => {
      const headers: Record<string, string> = {};
      if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
      if (cookie !== undefined) headers['cookie'] = cookie;
      if (body !== undefined) headers['content-type'] = 'application/json';
      const response = await fetch(path.startsWith('http') ? path : `${address.url}/api/v1${path}`, {
        method,
        headers,
        redirect: 'manual',
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await response.text();
      const parsed: unknown = text === '' ? undefined : JSON.parse(text);
      return { status: response.status, headers: response.headers, body: parsed };
    },
    letter: async (to, kind) => {
      const rows = await db.admin<{ data: Static<typeof SendDeliveryV1.data> }>(
        `SELECT payload::jsonb -> 'data' AS data FROM identity.outbox WHERE subject = $1 ORDER BY id DESC`,
        [SendDeliveryV1.subject],
      );
      for (const { data } of rows) {
        const content = openDelivery(cipher, data.delivery_id, data.content);
        if (data.kind === kind && content.address === to) return content.values;
      }
      throw new Error(`no ${kind} letter to ${to}`);
    },
    stop: async () => {
      await gateway.close();
      await identity.close();
      await db.drop();
      await nats.stop();
    },
  };
}

/** The body as its contract says it is; what does not fit fails the test. */
export function shaped<S extends TSchema>(schema: S, body: unknown): Static<S> {
  const compiled = compileSchema(schema);
  if (!compiled.check(body)) throw new Error(`not what the contract says: ${JSON.stringify(compiled.problems(body))}`);
  return body;
}

function startIdentity(env: Record<string, string>): Promise<RunningApp> {
  const settings = readSettings(identitySettings, env);
  return bootstrap({
    app: 'identity',
    settings,
    embedded: true,
    compose: async () => {
      const bus = await connectBus('identity', readSettings(busSettings, env));
      return {
        modules: [MessagingModule.forRoot(bus), IdentityModule.register(settings)],
        strategy: new BusStrategy(bus),
      };
    },
  });
}

function startGateway(env: Record<string, string>): Promise<RunningApp> {
  const settings = readSettings(gatewaySettings, env);
  return bootstrap({
    app: 'gateway',
    settings,
    embedded: true,
    http: gatewayHttp(settings),
    compose: async () => {
      const bus = await connectBus('gateway', readSettings(busSettings, env));
      return { modules: [MessagingModule.forRoot(bus), GatewayModule.register(settings)] };
    },
  });
}
