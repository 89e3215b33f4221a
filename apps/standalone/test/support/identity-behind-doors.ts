import { compileSchema, type Static, TokenPair, type TSchema, User } from '#contracts';
import { newId } from '#kernel';
import { BusStrategy, busSettings, connectBus, MessagingModule } from '#messaging';
import { bootstrap, readSettings, type RunningApp } from '#platform';
import { createTestDatabase, type NatsHandle, startNats, TEST_ENV, type TestDatabase } from '#testing';
import { gatewayHttp, GatewayModule, gatewaySettings } from '../../../gateway/src/index.js';
import { IdentityModule, identitySchema, identitySettings, OwnerService } from '../../../identity/src/index.js';

const PASSWORD = 'seven purple elephants';

export interface Reply {
  status: number;
  body: unknown;
  /** Of the public error, where it is one. */
  code: string | undefined;
}

/** The body as its contract says it is; what does not fit fails the test. */
export function shaped<S extends TSchema>(schema: S, body: unknown): Static<S> {
  const compiled = compileSchema(schema);
  if (!compiled.check(body)) throw new Error(`not what the contract says: ${JSON.stringify(compiled.problems(body))}`);
  return body;
}

/** Identity and two gateways on one broker: what one gateway learns, the other must know. */
export class IdentityBehindDoors {
  private constructor(
    readonly db: TestDatabase,
    private readonly nats: NatsHandle,
    private readonly identity: RunningApp,
    private readonly gateways: readonly RunningApp[],
  ) {}

  static async start(): Promise<IdentityBehindDoors> {
    const nats = await startNats();
    const db = await createTestDatabase([identitySchema]);
    const identity = await startIdentity(nats, db);
    return new IdentityBehindDoors(db, nats, identity, [await startGateway(nats), await startGateway(nats)]);
  }

  urlOf(door: 0 | 1 = 0): string {
    return this.gateways[door]?.url ?? '';
  }

  async send(
    method: string,
    path: string,
    options: { credential?: string; body?: unknown; headers?: Record<string, string>; door?: 0 | 1 } = {},
  ): Promise<Reply> {
    const { credential, body, door = 0 } = options;
    const headers: Record<string, string> = { ...options.headers };
    if (credential !== undefined) headers.authorization = `Bearer ${credential}`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const response = await fetch(`${this.urlOf(door)}/api/v1${path}`, {
      method,
      headers,
      redirect: 'manual',
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    const parsed: unknown = isJson && text !== '' ? JSON.parse(text) : text;
    return { status: response.status, body: parsed, code: codeOf(parsed) };
  }

  /** A new account, signed in. */
  async somebody(): Promise<{ id: string; token: string }> {
    const email = `${newId()}@example.com`;
    const { body } = await this.send('POST', '/auth/register', {
      body: { email, password: PASSWORD, full_name: 'Ada' },
    });
    return { id: shaped(User, body).id, token: await this.signIn(email, PASSWORD) };
  }

  async owner(): Promise<string> {
    const password = 'eight yellow giraffes';
    const { email } = await this.identity.app.get(OwnerService, { strict: false }).createOwner({ password });
    return this.signIn(email, password);
  }

  async stop(): Promise<void> {
    await Promise.all(this.gateways.map((gateway) => gateway.close()));
    await this.identity.close();
    await this.db.drop();
    await this.nats.stop();
  }

  private async signIn(email: string, password: string): Promise<string> {
    return shaped(TokenPair, (await this.send('POST', '/auth/login', { body: { email, password } })).body).access_token;
  }
}

function codeOf(body: unknown): string | undefined {
  const error: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'error') : undefined;
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : undefined;
}

const quietly = { ...TEST_ENV, LOG_LEVEL: 'silent', HEALTH_PORT: '0' };

function startIdentity(nats: NatsHandle, db: TestDatabase): Promise<RunningApp> {
  const env = { ...quietly, ...nats.settingsFor('identity'), DATABASE_URL: db.urlOf('identity') };
  const settings = readSettings(identitySettings, { ...env, OWNER_PASSWORD: undefined });
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

function startGateway(nats: NatsHandle): Promise<RunningApp> {
  const env = { ...quietly, ...nats.settingsFor('gateway'), API_PORT: '0' };
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
