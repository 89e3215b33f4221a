import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect, nanos, type NatsConnection } from '@nats-io/transport-node';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Bus,
  busSettings,
  type BusSettings,
  connectBus,
  type ConsumerSpec,
  defaultTopologySettings,
  ensureTopology,
  NatsBus,
  silentLogger,
  Topology,
} from '#messaging';
import { readSettings } from '#platform';
import { freePort, type NatsHandle, type NatsUser, startNats } from '#testing';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (payload: Uint8Array | undefined): string => new TextDecoder().decode(payload);
const settingsFor = (nats: NatsHandle, user: NatsUser, more: Record<string, string> = {}): BusSettings =>
  readSettings(busSettings, { ...nats.settingsFor(user), ...more });
const event = (body: string) => ({ subject: 'evt.identity.user.registered.v1', payload: bytes(body), headers: {} });
const facts: ConsumerSpec = {
  stream: 'EVT_IDENTITY',
  durable: 'analytics-facts',
  filterSubject: 'evt.identity.>',
  ackWaitMs: 30_000,
  maxAckPending: 100,
};
const eventually = async <T>(run: () => Promise<T>, withinMs = 10_000): Promise<T> => {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      return await run();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(50);
    }
  }
};

describe('apps with only their own rights', () => {
  let nats: NatsHandle;
  const open: Bus[] = [];
  const bus = async (user: Parameters<typeof connectBus>[0]): Promise<Bus> => {
    const connected = await connectBus(
      user,
      settingsFor(nats, user === 'standalone' ? 'admin' : user, { NATS_USER: user === 'standalone' ? 'admin' : user }),
    );
    open.push(connected);
    return connected;
  };
  beforeAll(async () => {
    nats = await startNats();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()));
  });
  afterAll(() => nats.stop());

  it('ask, answer, tell, read, and keep dead letters', async () => {
    const [gateway, identity, analytics] = [await bus('gateway'), await bus('identity'), await bus('analytics')];
    const subject = 'rpc.identity.revocation.list.v1';
    await identity.respond(subject, 'identity', async (request) => ({ payload: request.payload, headers: {} }));
    const reply = await gateway.request({ subject, payload: bytes('{}'), headers: {} }, 2_000);
    expect(text(reply.payload)).toBe('{}');

    await identity.append('EVT_IDENTITY', 'e-1', event('told'));
    const [delivery] = await analytics.fetch(facts, 1, 3_000);
    expect(text(delivery?.payload)).toBe('told');
    const dead = { subject: 'dlq.analytics.analytics-facts', payload: delivery?.payload ?? bytes(''), headers: {} };
    expect(await analytics.append('DLQ', 'analytics-facts:e-1', dead)).toMatchObject({
      stream: 'DLQ',
      duplicate: false,
    });
    await delivery?.terminate();
    expect(await analytics.lag(facts)).toBe(0);
    const own = { ...facts, stream: 'DLQ', durable: 'analytics-dead-letters', filterSubject: 'dlq.analytics.>' };
    expect(await analytics.fetch(own, 5, 1_000)).toHaveLength(1);
  });

  it('get a clear error for what the contracts do not give them', async () => {
    const identity = await bus('identity');
    const foreign = { subject: 'rpc.applications.made.up.v1', payload: bytes('{}'), headers: {} };
    await expect(identity.request(foreign, 2_000)).rejects.toMatchObject({
      kind: 'internal',
      cause: { message: expect.stringContaining('refuses this user the publish') },
    });
    await expect(
      identity.respond('rpc.applications.made.up.v1', 'q', async () => ({ payload: bytes(''), headers: {} })),
    ).rejects.toMatchObject({ cause: { message: expect.stringContaining('subscription') } });
  });

  it('run as one process with all streams made', async () => {
    const standalone = await bus('standalone');
    for (const { name } of new Topology().allStreams()) {
      expect(await standalone.streamState(name)).toMatchObject({ name });
    }
  });
});

describe('start', () => {
  it('fails in bounded time with the remedy when nothing listens', async () => {
    const port = await freePort();
    const settings = readSettings(busSettings, { NATS_URL: `nats://127.0.0.1:${port}`, NATS_CONNECT_TIMEOUT: '600ms' });
    const before = performance.now();
    await expect(connectBus('identity', settings)).rejects.toThrow(/could not be reached at 127.0.0.1:\d+ .*BUS=local/);
    expect(performance.now() - before).toBeLessThan(3_000);
  });

  it('waits for a server that comes a little later', async () => {
    const port = await freePort();
    const late = sleep(700).then(() => startNats({ port }));
    const settings = readSettings(busSettings, { NATS_URL: `nats://127.0.0.1:${port}`, NATS_PASSWORD: 'p' });
    // The right password is not known before the server is made; being refused proves it was met.
    await expect(connectBus('identity', settings)).rejects.toThrow(/refused user 'identity'.*NATS_PASSWORD/);
    await (await late).stop();
  });

  it('names the variable for BUS=local without a database', async () => {
    await expect(connectBus('identity', readSettings(busSettings, { BUS: 'local' }))).rejects.toThrow(
      /BUS_DATABASE_URL/,
    );
  });
});

describe('faults of the server', () => {
  let nats: NatsHandle;
  let identity: Bus;
  let analytics: Bus;
  beforeAll(async () => {
    nats = await startNats();
    identity = await connectBus('identity', settingsFor(nats, 'identity'));
    analytics = await connectBus('analytics', settingsFor(nats, 'analytics'));
  });
  afterAll(async () => {
    await identity.close();
    await analytics.close();
    await nats.stop();
  });

  it('keeps acknowledged messages and positions over kill -9, refuses quickly meanwhile, and says when it is back', async () => {
    for (let index = 0; index < 20; index += 1)
      await identity.append('EVT_IDENTITY', `k-${index}`, event(`k-${index}`));
    for (const delivery of await analytics.fetch(facts, 5, 2_000)) await delivery.ack();
    let connected = 0;
    identity.onConnected(() => (connected += 1));
    await sleep(10);
    expect(connected).toBe(1);

    const subject = 'rpc.identity.revocation.list.v1';
    await identity.respond(subject, 'identity', () => new Promise(() => undefined));
    const gateway = await connectBus('gateway', settingsFor(nats, 'gateway'));
    const hanging = gateway.request({ subject, payload: bytes(''), headers: {} }, 30_000);
    const waiting = analytics.fetch({ ...facts, durable: 'notifications-none' }, 1, 1).catch((error: unknown) => error);
    await nats.kill9();
    const before = performance.now();
    await expect(hanging).rejects.toMatchObject({ kind: 'unavailable' });
    await waiting;
    await expect(identity.append('EVT_IDENTITY', 'k-20', event('k-20'))).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(gateway.request({ subject, payload: bytes(''), headers: {} }, 9_000)).rejects.toMatchObject({
      kind: 'unavailable',
    });
    expect(performance.now() - before).toBeLessThan(1_000);
    expect(identity.isConnected()).toBe(false);

    await nats.restart();
    const back = performance.now();
    await eventually(() => identity.append('EVT_IDENTITY', 'k-20', event('k-20')));
    expect(performance.now() - back).toBeLessThan(3_000);
    const got: string[] = [];
    while (got.length < 16) {
      for (const delivery of await eventually(() => analytics.fetch(facts, 50, 1_000))) {
        got.push(text(delivery.payload));
        await delivery.ack();
      }
    }
    expect(got).toEqual(Array.from({ length: 16 }, (_, index) => `k-${index + 5}`));
    expect(connected).toBe(2);
    await gateway.close();
  });

  it('makes its streams anew when the store was deleted, before it tells those who compare ledgers', async () => {
    const before = await identity.streamState('EVT_IDENTITY');
    const seen: { created: string; lastSequence: number }[] = [];
    identity.onConnected(() => void identity.streamState('EVT_IDENTITY').then((state) => seen.push(state)));
    await eventually(async () => expect(seen).toHaveLength(1));
    await nats.deleteStore();
    await eventually(async () => expect(seen).toHaveLength(2));
    expect(seen[1]?.created).not.toBe(before.created);
    expect(seen[1]?.lastSequence).toBe(0);
    await identity.append('EVT_IDENTITY', 'fresh', event('fresh'));
    const [delivery] = await eventually(async () => {
      const got = await analytics.fetch(facts, 1, 1_000);
      expect(got).toHaveLength(1);
      return got;
    });
    expect(text(delivery?.payload)).toBe('fresh');
    await delivery?.ack();
  });

  it('comes back with fewer messages, and nothing in the bus tells, when the store was rolled back', async () => {
    await identity.append('EVT_IDENTITY', 'r-1', event('r-1'));
    const copy = await nats.copyStore();
    const { sequence } = await identity.append('EVT_IDENTITY', 'r-2', event('r-2'));
    const before = await identity.streamState('EVT_IDENTITY');
    expect(before.lastSequence).toBe(sequence);
    await nats.restoreStore(copy);
    const after = await eventually(() => identity.streamState('EVT_IDENTITY'));
    expect(after.lastSequence).toBe(sequence - 1);
    expect(after.created).toBe(before.created);
  });

  it('goes on pulling when a durable was deleted under it', async () => {
    const admin = await connect({
      servers: nats.address,
      user: 'admin',
      pass: nats.settingsFor('admin').NATS_PASSWORD,
    });
    const jsm = await jetstreamManager(admin);
    await eventually(() => analytics.fetch(facts, 100, 300));
    await jsm.consumers.delete('EVT_IDENTITY', 'analytics-facts');
    await identity.append('EVT_IDENTITY', 'after-delete', event('after-delete'));
    const got: string[] = [];
    const deadline = Date.now() + 8_000;
    while (!got.includes('after-delete') && Date.now() < deadline) {
      for (const delivery of await analytics.fetch(facts, 100, 500)) {
        got.push(text(delivery.payload));
        await delivery.ack();
      }
    }
    expect(got).toContain('after-delete');
    await admin.close();
  });
});

describe('this server', () => {
  let nats: NatsHandle;
  let admin: NatsConnection;
  let jsm: JetStreamManager;
  beforeAll(async () => {
    nats = await startNats();
    admin = await connect({ servers: nats.address, user: 'admin', pass: nats.settingsFor('admin').NATS_PASSWORD });
    jsm = await jetstreamManager(admin);
  });
  afterAll(async () => {
    await admin.close();
    await nats.stop();
  });
  const connectTo = (streams: Parameters<typeof NatsBus.connect>[0]['streams']): Promise<NatsBus> =>
    NatsBus.connect({
      app: 'admin',
      settings: { url: nats.url, connectTimeoutMs: 5_000 },
      streams,
      logger: silentLogger,
    });

  it('delivers twice to a slow handler when a consumer has a backoff list, which is why ours has none', async () => {
    const streams = new Topology().streamsOf('identity');
    const bus = await connectTo(streams);
    await jsm.consumers.add('EVT_IDENTITY', {
      durable_name: 'listed',
      ack_policy: 'explicit',
      ack_wait: nanos(10_000),
      max_deliver: 5,
      backoff: [nanos(300), nanos(300)],
    });
    await bus.append('EVT_IDENTITY', 'slow', event('slow'));
    const raw = await jsm.jetstream().consumers.get('EVT_IDENTITY', 'listed');
    expect((await raw.next({ expires: 1_000 }))?.info.deliveryCount).toBe(1);
    // Long before the ack-wait of ten seconds:
    expect((await raw.next({ expires: 2_000 }))?.info.deliveryCount).toBe(2);

    const ours = { ...facts, durable: 'ours', ackWaitMs: 2_000 };
    expect(await bus.fetch(ours, 1, 1_000)).toHaveLength(1);
    expect((await jsm.consumers.info('EVT_IDENTITY', 'ours')).config.backoff ?? []).toEqual([]);
    expect(await bus.fetch(ours, 1, 1_000)).toEqual([]);
    await bus.close();
  });

  it('changes what can be changed and refuses the rest with a remedy', async () => {
    const [events] = new Topology().streamsOf('analytics');
    if (events === undefined) throw new Error('analytics has streams');
    expect(await ensureTopology(jsm, [events])).toEqual({ created: ['EVT_ANALYTICS'], changed: [] });
    expect(await ensureTopology(jsm, [events])).toEqual({ created: [], changed: [] });

    const longer = { ...events, maxAgeMs: events.maxAgeMs * 2 };
    expect((await ensureTopology(jsm, [longer], () => false)).changed).toEqual([]);
    expect((await ensureTopology(jsm, [longer])).changed).toMatchObject([{ field: 'max_age', kind: 'changeable' }]);
    expect((await jsm.streams.info('EVT_ANALYTICS')).config.max_age).toBe(nanos(longer.maxAgeMs));

    await expect(ensureTopology(jsm, [{ ...longer, kind: 'work' }])).rejects.toMatchObject({
      name: 'TopologyError',
      message: expect.stringMatching(/EVT_ANALYTICS\.retention is "limits", must be "workqueue".*delete the stream/s),
    });
    await jsm.streams.update('EVT_ANALYTICS', { deny_purge: true });
    await expect(ensureTopology(jsm, [longer])).rejects.toThrow(/deny_purge.*one-way/);
    await expect(connectTo([longer])).rejects.toThrow(/deny_purge/);
  });

  it('explains three replicas on one server, and streams that do not fit', async () => {
    const of = (settings: Partial<typeof defaultTopologySettings>) =>
      new Topology({ ...defaultTopologySettings, ...settings }).streamsOf('ai-content').slice(0, 1);
    await expect(ensureTopology(jsm, of({ replicas: 3 }))).rejects.toThrow(/NATS_REPLICAS/);
    await expect(ensureTopology(jsm, of({ eventMaxBytes: 50e9 }))).rejects.toThrow(/max_file_store/);
  });

  it('lets a durable get another ack-wait, bound and filter from a newer version of a reader', async () => {
    const bus = await connectTo(new Topology().streamsOf('notifications'));
    const spec = {
      ...facts,
      stream: 'EVT_NOTIFICATIONS',
      durable: 'analytics-facts',
      filterSubject: 'evt.notifications.notification.read.v1',
    };
    await bus.lag(spec);
    await bus.close();
    const newer = await connectTo(new Topology().streamsOf('notifications'));
    await newer.lag({ ...spec, ackWaitMs: 5_000, maxAckPending: 7, filterSubject: 'evt.notifications.>' });
    expect((await jsm.consumers.info('EVT_NOTIFICATIONS', 'analytics-facts')).config).toMatchObject({
      ack_wait: nanos(5_000),
      max_ack_pending: 7,
      filter_subject: 'evt.notifications.>',
    });
    await newer.close();
  });
});
