import { compileSchema, type Static, type TSchema } from '#contracts';
import { BusStrategy, busSettings, connectBus, MessagingModule } from '#messaging';
import { bootstrap, readSettings, type RunningApp } from '#platform';
import { createTestDatabase, type NatsHandle, startNats, TEST_ENV, type TestDatabase } from '#testing';
import { gatewayHttp, GatewayModule, gatewaySettings } from '../../../gateway/src/index.js';
import { IdentityModule, identitySchema, identitySettings } from '../../../identity/src/index.js';

/** Identity behind gateways on one broker, in this process. */
export interface RunningDoor {
  db: TestDatabase;
  identity: RunningApp;
  gateways: readonly RunningApp[];
  stop: () => Promise<void>;
}

export interface DoorOptions {
  gateways?: number;
  /** Settings of one app each, over those of every test. */
  identity?: Readonly<Record<string, string>>;
  gateway?: Readonly<Record<string, string>>;
}

/** Nobody is created at the start (an empty variable counts as not set); who needs an owner makes one. */
const ENV = { ...TEST_ENV, LOG_LEVEL: 'silent', HEALTH_PORT: '0', OWNER_PASSWORD: '' };

export async function startRunningDoor({
  gateways = 1,
  identity = {},
  gateway = {},
}: DoorOptions = {}): Promise<RunningDoor> {
  /** Last started, first stopped; also when the start fails half way. */
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const one of stops) await one();
  };
  const stoppedLater = <T extends { close(): Promise<unknown> }>(app: T): T => {
    stops.unshift(() => app.close());
    return app;
  };
  try {
    const nats = await startNats();
    stops.unshift(() => nats.stop());
    const db = await createTestDatabase([identitySchema]);
    stops.unshift(() => db.drop());
    const service = stoppedLater(await startIdentity(nats, db, identity));
    const opened: RunningApp[] = [];
    while (opened.length < gateways) opened.push(stoppedLater(await startGateway(nats, gateway)));
    return { db, identity: service, gateways: opened, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The body as its contract says it is; what does not fit fails the test. */
export function shaped<S extends TSchema>(schema: S, body: unknown): Static<S> {
  const compiled = compileSchema(schema);
  if (!compiled.check(body)) throw new Error(`not what the contract says: ${JSON.stringify(compiled.problems(body))}`);
  return body;
}

function startIdentity(nats: NatsHandle, db: TestDatabase, changes: DoorOptions['identity']): Promise<RunningApp> {
  const env = { ...ENV, ...nats.settingsFor('identity'), DATABASE_URL: db.urlOf('identity'), ...changes };
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

function startGateway(nats: NatsHandle, changes: DoorOptions['gateway']): Promise<RunningApp> {
  const env = { ...ENV, ...nats.settingsFor('gateway'), API_PORT: '0', ...changes };
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
