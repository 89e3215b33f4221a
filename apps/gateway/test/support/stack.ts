import type { Type } from '@nestjs/common';
import {
  type Envelope,
  LIVE_SEQUENCE_HEADER,
  listNotificationsAfter,
  listRevocations,
  listSigningKeys,
  liveSubject,
  type Notification,
  type Static,
} from '#contracts';
import { AppError, newId } from '#kernel';
import { type Bus, type BusMessage, MessagingModule, NatsBus, silentLogger } from '#messaging';
import { bootstrap, readSettings, type RunningApp } from '#platform';
import { type NatsHandle, startNats } from '#testing';
import { RouteTable } from '../../src/http/route-table.js';
import { GatewayModule, gatewayHttp, gatewaySettings } from '../../src/index.js';
import { SocketCounts } from '../../src/live/socket-counts.js';
import { createThing, listThings, showThing, ThingsModule } from './things.js';
import { makeKey, type TestKey } from './tokens.js';

export const connect = (nats: NatsHandle, app: string, user: 'gateway' | 'admin'): Promise<Bus> => {
  const { NATS_URL, NATS_USER, NATS_PASSWORD } = nats.settingsFor(user);
  return NatsBus.connect({
    app,
    settings: { url: NATS_URL, user: NATS_USER, password: NATS_PASSWORD, connectTimeoutMs: 5_000 },
    streams: [],
    logger: silentLogger,
  });
};

/** Real broker, real gateways, and services that fit on a page. */
export class Stack {
  readonly key: TestKey = makeKey();
  readonly revoked = { sessions: [] as unknown[], users: [] as unknown[] };
  /** Of everybody together, oldest first; the number of a notification is its place among those of its person. */
  readonly notifications: { userId: string; notification: Notification }[] = [];
  /** Requests the services got. */
  readonly heard: BusMessage[] = [];
  private readonly gateways: RunningApp[] = [];
  private end = (): void => undefined;
  private readonly ending = new Promise<void>((resolve) => (this.end = resolve));

  private constructor(
    readonly nats: NatsHandle,
    readonly bus: Bus,
  ) {}

  static async start(): Promise<Stack> {
    const nats = await startNats();
    const stack = new Stack(nats, await connect(nats, 'services', 'admin'));
    await stack.answerRequests();
    return stack;
  }

  /** Base URL of a new gateway. */
  async gateway(env: Record<string, string> = {}, more: readonly Type[] = []): Promise<string> {
    const settings = readSettings(gatewaySettings, {
      NODE_ENV: 'test',
      ...this.nats.settingsFor('gateway'),
      LOG_LEVEL: 'silent',
      HEALTH_PORT: '0',
      SHUTDOWN_TIMEOUT_MS: '3000',
      API_PORT: '0',
      RATE_LIMIT_GENERAL: '0',
      RATE_LIMIT_GENERAL_HOURLY: '0',
      RATE_LIMIT_SEARCH: '0',
      RATE_LIMIT_CREDENTIALS: '0',
      ...env,
    });
    const bus = await connect(this.nats, 'gateway', 'gateway');
    const modules = [MessagingModule.forRoot(bus), GatewayModule.register(settings), ThingsModule, ...more];
    const running = await bootstrap({
      app: 'gateway',
      settings,
      compose: () => ({ modules }),
      http: gatewayHttp(settings),
      embedded: true,
    });
    this.gateways.push(running);
    if (running.url === undefined) throw new Error('the gateway has no address');
    return running.url;
  }

  async stopGateway(url: string): Promise<void> {
    const index = this.gateways.findIndex((gateway) => gateway.url === url);
    await Promise.all(this.gateways.splice(index, 1).map((gateway) => gateway.close()));
  }

  /** What a gateway believes. */
  socketsElsewhere(url: string, userId: string): number | undefined {
    return this.gateways
      .find((gateway) => gateway.url === url)
      ?.app.get(SocketCounts)
      .elsewhere(userId);
  }

  /** Of the gateway started last. */
  get routes(): string[] {
    return this.gateways[this.gateways.length - 1]?.app.get(RouteTable).all() ?? [];
  }

  /** As the owner's relay would: on the subject of the event, as an envelope. */
  async tell(contract: { subject: string; type: string }, data: unknown): Promise<void> {
    const envelope: Envelope = {
      id: newId(),
      type: contract.type,
      source: 'identity',
      subject: newId(),
      time: new Date().toISOString(),
      data,
    };
    await this.publish(contract.subject, envelope);
  }

  /** Stores a notification; the push is lost unless told otherwise. */
  async notify(userId: string, title: string, { isPushed = false } = {}): Promise<void> {
    const notification: Notification = {
      id: newId(),
      type: 'message',
      priority: 'normal',
      title,
      message: title,
      data: {},
      is_read: false,
      created_at: new Date().toISOString(),
      read_at: null,
    };
    this.notifications.push({ userId, notification });
    if (!isPushed) return;
    const sequence = this.notificationsOf(userId).length;
    const push = { type: 'notification', data: notification, sent_at: notification.created_at, sequence };
    const headers = { [LIVE_SEQUENCE_HEADER]: String(sequence) };
    await this.bus.publish({ subject: liveSubject(userId), payload: json(push), headers });
  }

  private notificationsOf(userId: string): Static<typeof listNotificationsAfter.response>['notifications'] {
    const own = this.notifications.filter((one) => one.userId === userId);
    return own.map(({ notification }, index) => ({ sequence: index + 1, notification }));
  }

  async publish(subject: string, value: unknown): Promise<void> {
    await this.bus.publish({ subject, payload: json(value), headers: {} });
  }

  async stop(): Promise<void> {
    await Promise.all(this.gateways.map((gateway) => gateway.close()));
    this.end();
    await this.bus.close();
    await this.nats.stop();
  }

  private async answerRequests(): Promise<void> {
    const id = '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11';
    const thing = { id, name: 'A thing' };
    const answers: Record<string, (message: BusMessage) => unknown> = {
      [listSigningKeys.subject]: () => ({ keys: [this.key.jwk] }),
      [listRevocations.subject]: () => this.revoked,
      [listNotificationsAfter.subject]: (message) => {
        const { user_id } = JSON.parse(message.headers['cc-caller'] ?? '{}') as { user_id: string };
        const { after, limit } = bodyOf(message) as Static<typeof listNotificationsAfter.request>;
        const own = this.notificationsOf(user_id);
        return { last: own.length, notifications: own.slice(after, after + limit) };
      },
      [showThing.subject]: (message) => ({ ...thing, id: bodyOf(message).id }),
      [createThing.subject]: (message) => ({
        thing,
        echo: { ...bodyOf(message), key: message.headers['cc-idempotency-key'] },
      }),
      [listThings.subject]: (message) => ({
        total: 1,
        page: bodyOf(message).page,
        per_page: 20,
        total_pages: 1,
        things: Array(bodyOf(message).deep === true ? 100 : 1).fill(thing),
      }),
    };
    for (const [subject, answer] of Object.entries(answers)) {
      await this.bus.respond(subject, 'test', async (message) => {
        this.heard.push(message);
        return { payload: json(answer(message)), headers: {} };
      });
    }
    await this.bus.respond('rpc.analytics.conflict.v1', 'test', async () => ({
      payload: json(
        new AppError({
          code: 'ILLEGAL_TRANSITION',
          kind: 'conflict',
          message: 'No.',
          extra: { legal_transitions: ['applied'] },
        }).toShape(),
      ),
      headers: { 'cc-error': '1' },
    }));
    // Too late for whoever asks, but not for ever: a bus that closes waits for what is being answered.
    await this.bus.respond('rpc.analytics.slow.v1', 'test', async () => {
      await this.ending;
      return { payload: json({}), headers: {} };
    });
  }
}

const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const bodyOf = (message: BusMessage): Record<string, unknown> => {
  const value: unknown = JSON.parse(Buffer.from(message.payload).toString('utf8'));
  return typeof value === 'object' && value !== null ? { ...value } : {};
};
