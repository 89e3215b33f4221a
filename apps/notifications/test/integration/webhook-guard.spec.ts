import 'reflect-metadata';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createWebhook, testWebhook } from '#contracts';
import { Logger, Metrics, OutboundHttp } from '#platform';
import { type NotificationsApp, startWorld, type World } from './notifications-app.js';
import { WebhookOwner } from './webhook-world.js';

/** Counts who connects, and says nothing. */
class Sink {
  connections = 0;
  port = 0;
  private readonly server: Server = createServer((socket) => {
    this.connections += 1;
    socket.on('error', () => undefined).destroy();
  });
  async start(host: string, port = 0): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(port, host, resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }
  async stop(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve));
  }
}

// The tests have no internet: 127.0.0.2 plays the public address, 127.0.0.1 the inner network.
const [outer, inner] = [new Sink(), new Sink()];
let leadsTo: () => string = () => '127.0.0.2';
const outbound = new OutboundHttp({
  userAgent: 'test',
  logger: Logger.create({ service: 'test', level: 'silent', format: 'json' }),
  metrics: new Metrics('test', false),
  isPublic: (address) => address === '127.0.0.2',
  resolver: async () => [{ address: leadsTo(), family: 4 }],
});

let world: World;
let app: NotificationsApp;
let ada: WebhookOwner;

beforeAll(async () => {
  await outer.start('127.0.0.2');
  await inner.start('127.0.0.1', outer.port);
  world = await startWorld();
  app = await world.start({}, outbound);
}, 60_000);
beforeEach(() => {
  ada = new WebhookOwner(world, app);
});
afterAll(async () => {
  await world.stop();
  await outbound.close();
  await Promise.all([outer.stop(), inner.stop()]);
});

const test = (id: string) => app.ask(testWebhook, { webhook_id: id }, { caller: ada.caller });

describe('without the setting that opens the own network', () => {
  it.each([
    'http://hooks.example/',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://localhost/',
    'https://[::ffff:127.0.0.1]/',
    'https://169.254.169.254/',
    'https://user:pw@hooks.example/',
    'ftp://hooks.example/',
  ])('a webhook is not made for %s', async (url) => {
    const made = app.ask(
      createWebhook,
      { url, event_types: ['jobs-ingestion.match.found.v1'] },
      { caller: ada.caller },
    );
    await expect(made).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      details: [expect.objectContaining({ field: 'url' })],
    });
  });

  it('a name that leads inside is refused at the call, without a connection', async () => {
    leadsTo = () => '127.0.0.1';
    const { id } = await ada.make(`https://inside.example:${inner.port}/`);
    expect(await test(id)).toMatchObject({ status: 'failed', error: 'refused', attempts: [{ status_code: null }] });
    expect(inner.connections).toBe(0);
  });

  it('a name server that changes its mind opens nothing', async () => {
    let asked = 0;
    leadsTo = () => ((asked += 1) === 1 ? '127.0.0.2' : '127.0.0.1');
    const { id } = await ada.make(`https://rebind.example:${outer.port}/`);
    // What is checked is what is connected to: the first call goes out, and fails there at the TLS it does not speak.
    expect(await test(id)).toMatchObject({ error: 'connection' });
    expect([outer.connections, inner.connections]).toEqual([1, 0]);
    expect(await test(id)).toMatchObject({ error: 'refused' });
    expect([asked, outer.connections, inner.connections]).toEqual([2, 1, 0]);
  });
});
