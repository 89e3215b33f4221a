import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Bus,
  busMigrations,
  busSettings,
  connectBus,
  type ConsumerSpec,
  LocalBus,
  silentLogger,
  Topology,
} from '#messaging';
import { readSettings } from '#platform';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '#testing';
import { LocalStore } from '../src/bus/local/local-store.js';

const streams = new Topology().streamsOf('identity');
const event = (body: string) => ({
  subject: 'evt.identity.user.registered.v1',
  payload: new TextEncoder().encode(body),
  headers: {},
});
const spec = (durable: string, changes: Partial<ConsumerSpec> = {}): ConsumerSpec => ({
  stream: 'EVT_IDENTITY',
  durable,
  filterSubject: 'evt.identity.>',
  ackWaitMs: 5_000,
  maxAckPending: 100,
  ...changes,
});

describe('local bus on a database that fails', () => {
  let database: TestDatabase;
  let bus: Bus;
  beforeAll(async () => {
    database = await createTestDatabase([{ service: 'bus', entities: [], migrations: [...busMigrations] }]);
    bus = await connectBus(
      'identity',
      readSettings(busSettings, { BUS: 'local', BUS_DATABASE_URL: database.urlOf('bus') }),
    );
  }, 120_000);
  afterAll(async () => {
    await bus?.close();
    await database?.drop();
  });
  const cutConnections = (): Promise<unknown> =>
    database.admin(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'career-copilot bus' AND datname = current_database()`,
    );

  it('loses nothing and stores nothing twice when connections are cut again and again under load', async () => {
    const sent = Array.from({ length: 300 }, (_, index) => `cut-${index}`);
    const seen = new Set<string>();
    let stop = false;
    const consuming = (async () => {
      while (!stop) {
        try {
          for (const delivery of await bus.fetch(spec('analytics-cut', { ackWaitMs: 800 }), 20, 200)) {
            seen.add(delivery.messageId);
            await delivery.ack();
          }
        } catch (error) {
          expect(error).toMatchObject({ name: 'AppError', kind: 'unavailable' });
          await sleep(20);
        }
      }
    })();
    const cutting = (async () => {
      for (let round = 0; round < 8; round += 1) {
        await sleep(60);
        await cutConnections();
      }
    })();
    for (const id of sent) {
      // Unknown is tried again with the same id, as the relay does.
      for (;;) {
        try {
          await bus.append('EVT_IDENTITY', id, event(id));
          break;
        } catch (error) {
          expect(error).toMatchObject({ kind: 'unavailable', retryable: true });
          await sleep(5);
        }
      }
    }
    await cutting;
    const deadline = Date.now() + 8_000;
    while (seen.size < sent.length && Date.now() < deadline) await sleep(50);
    stop = true;
    await consuming;
    expect([...seen].sort()).toEqual([...sent].sort());
    const stored = await database.admin<{ count: string }>(
      `SELECT count(*) FROM bus.messages WHERE message_id LIKE 'cut-%'`,
    );
    expect(Number(stored[0]?.count)).toBe(sent.length);
  });

  it('says that it lost the database, and that it is back', async () => {
    let connected = 0;
    const own = await LocalBus.connect({
      connectionString: database.urlOf('bus'),
      streams,
      logger: silentLogger,
      poolSize: 1,
    });
    own.onConnected(() => (connected += 1));
    await sleep(5);
    expect(connected).toBe(1);
    await database.admin(`ALTER DATABASE ${database.name} CONNECTION LIMIT 0`);
    await cutConnections();
    await sleep(50);
    await expect(own.lag(spec('analytics-lost'))).rejects.toMatchObject({ kind: 'unavailable' });
    expect(own.isConnected()).toBe(false);
    await database.admin(`ALTER DATABASE ${database.name} CONNECTION LIMIT -1`);
    await own.lag(spec('analytics-lost'));
    await sleep(5);
    expect(own.isConnected()).toBe(true);
    expect(connected).toBe(2);
    await own.close();
  });

  it('forgets events past their age and ids past the window, and nobody waits for them', async () => {
    const store = new LocalStore(database.urlOf('bus'), 1, () => undefined);
    const reader = spec('analytics-aged', { filterSubject: 'evt.identity.user.aged.v1', ackWaitMs: 100 });
    const aged = { ...event('old'), subject: 'evt.identity.user.aged.v1' };
    const { sequence } = await bus.append('EVT_IDENTITY', 'aged', aged);
    expect(await bus.fetch(reader, 1, 500)).toHaveLength(1);
    await store.prune();
    expect(await bus.fetch(reader, 1, 500)).toHaveLength(1);
    await database.admin(`UPDATE bus.messages SET stored_at = now() - interval '31 days' WHERE sequence = $1`, [
      sequence,
    ]);
    await database.admin(
      `UPDATE bus.recent_ids SET stored_at = now() - interval '11 minutes' WHERE message_id = 'aged'`,
    );
    await store.prune();
    expect(await bus.lag(reader)).toBe(0);
    expect(await bus.append('EVT_IDENTITY', 'aged', aged)).toMatchObject({ duplicate: false, sequence: sequence + 1 });
    await store.close();
  });

  it('takes a message id again once the window is over, though nothing was tidied up yet', async () => {
    await bus.append('EVT_IDENTITY', 'windowed', event('x'));
    expect(await bus.append('EVT_IDENTITY', 'windowed', event('x'))).toMatchObject({ duplicate: true });
    await database.admin(
      `UPDATE bus.recent_ids SET stored_at = now() - interval '11 minutes' WHERE message_id = 'windowed'`,
    );
    expect(await bus.append('EVT_IDENTITY', 'windowed', event('x'))).toMatchObject({ duplicate: false });
  });

  it('works with a role that may not change definitions', async () => {
    const rows = await database.admin<{ owner: boolean }>(
      `SELECT bool_or(pg_has_role('cc_bus', relowner, 'member')) AS owner FROM pg_class WHERE relnamespace = 'bus'::regnamespace`,
    );
    expect(rows[0]?.owner).toBe(false);
  });

  it('fails at start with the remedy when the schema was never migrated', async () => {
    const empty = await createEmptyDatabase();
    const started = LocalBus.connect({ connectionString: empty.adminUrl, streams, logger: silentLogger });
    await expect(started).rejects.toThrow(/careercopilot migrate/);
    await empty.drop();
  });
});
