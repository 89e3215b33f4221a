import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { type Envelope, PostingViewedV1, SessionRevokedV1, UserLoggedInV1, UserRegisteredV1 } from '#contracts';
import { newId } from '#kernel';
import { type Bus, type EventContext, OnEvent, Outbox, TelemetryBuffer } from '#messaging';
import { eventually } from '#testing';
import { countOf, createWorld, type Running, schemaOf, startService, type World } from './harness.js';

@Controller()
class SpecConsumer {
  @OnEvent([UserRegisteredV1, SessionRevokedV1, UserLoggedInV1], { reader: 'notifications', feature: 'deliveries' })
  async any(event: Envelope, context: EventContext): Promise<void> {
    await context.tx.query('spec.effect', 'INSERT INTO effects (name, message_id) VALUES ($1, $2)', [
      event.type,
      event.id,
    ]);
  }
}

describe.each(['NATS', 'local'] as const)('from the outbox to the readers (%s)', (adapter) => {
  let world: World;
  let owner: Running;
  let reader: Running;
  beforeAll(async () => {
    world = await createWorld(adapter, 'admin');
    owner = await startService(world, 'identity', { controllers: [] });
    reader = await startService(world, 'notifications', { controllers: [SpecConsumer] });
  }, 120_000);
  afterAll(async () => {
    await reader.close();
    await owner.close();
    await world.stop();
  });
  beforeEach(async () => {
    await world.database.admin('TRUNCATE notifications.effects');
  });

  const tell = (running: Running, count = 1): Promise<string[]> =>
    running.unitOfWork.run((tx) =>
      running.outbox.addMany(
        tx,
        UserRegisteredV1,
        Array.from({ length: count }, () => ({ data: UserRegisteredV1.sample, subject: newId() })),
      ),
    );
  const effects = () => countOf(world, 'notifications.effects');
  const pending = () => countOf(world, 'identity.outbox WHERE published_at IS NULL');
  const distinctEffects = async (): Promise<number> => {
    const [row] = await world.database.admin<{ count: number }>(
      'SELECT count(DISTINCT message_id)::int AS count FROM notifications.effects',
    );
    return row?.count ?? 0;
  };

  it('publishes at the commit, without waiting for the next poll', async () => {
    // The poll alone would take a minute: whatever is published here was woken.
    const woken = await startService(world, 'jobs-ingestion', { controllers: [] }, { relayPollMs: 60_000 });
    for (let index = 0; index < 5; index += 1) {
      await woken.unitOfWork.run((tx) =>
        woken.outbox.add(tx, PostingViewedV1, PostingViewedV1.sample, { subject: newId() }),
      );
      await eventually(async () => expect(await countOf(world, 'jobs.outbox WHERE published_at IS NULL')).toBe(0));
    }
    expect(await countOf(world, 'jobs.outbox')).toBe(5);
    await woken.close();
  });

  it('tells nothing of a transaction that was rolled back', async () => {
    const before = await countOf(world, 'identity.outbox');
    const work = owner.unitOfWork.run(async (tx) => {
      await owner.outbox.add(tx, UserRegisteredV1, UserRegisteredV1.sample, { subject: 's' });
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    expect(await countOf(world, 'identity.outbox')).toBe(before);
  });

  it('publishes what a process committed before it died', async () => {
    // Its relay never ran: the rows are there, nobody was woken.
    const { unitOfWork } = await world.database.open(schemaOf('identity'));
    const dead = new Outbox('identity');
    await unitOfWork.run((tx) => dead.add(tx, UserRegisteredV1, UserRegisteredV1.sample, { subject: 's' }));
    await eventually(async () => expect(await effects()).toBe(1));
  });

  it('has one effect when a relay died after the confirmation and before the mark', async () => {
    const [id] = await tell(owner);
    await eventually(async () => expect(await effects()).toBe(1));
    const [before] = await world.database.admin('SELECT sequence FROM identity.outbox WHERE id = $1', [id]);
    await world.database.admin(
      'UPDATE identity.outbox SET published_at = NULL, sequence = NULL, next_attempt_at = now() WHERE id = $1',
      [id],
    );
    await eventually(async () => expect(await pending()).toBe(0));
    await sleep(200);
    expect(await effects()).toBe(1);
    // The bus knew it and answered its old position.
    expect(await world.database.admin('SELECT sequence FROM identity.outbox WHERE id = $1', [id])).toEqual([before]);
  });

  it('shares the work between relays without losing or doubling any row', async () => {
    const second = await startService(world, 'identity', { controllers: [] });
    await Promise.all([owner, second].flatMap((running) => [tell(running, 300), tell(running, 300)]));
    await eventually(async () => expect(await effects()).toBe(1200), { timeoutMs: 20_000 });
    expect(await distinctEffects()).toBe(1200);
    expect(await pending()).toBe(0);
    await second.close();
  });

  it('lets a row that cannot be published wait, with its reason, while the others go', async () => {
    await world.database.admin(
      `INSERT INTO identity.outbox (id, stream, subject, payload) VALUES ($1, 'EVT_NOWHERE', 'evt.nowhere.x.y.v1', '{}')`,
      [newId()],
    );
    await tell(owner);
    await eventually(async () => expect(await effects()).toBe(1));
    await eventually(async () => {
      const [row] = await world.database.admin<{ attempts: number; last_error: string }>(
        `SELECT attempts, last_error FROM identity.outbox WHERE stream = 'EVT_NOWHERE'`,
      );
      expect(row?.attempts).toBeGreaterThan(1);
      expect(row?.last_error).toMatch(/SERVICE_UNAVAILABLE|TIMEOUT/);
    });
    await world.database.admin(`DELETE FROM identity.outbox WHERE stream = 'EVT_NOWHERE'`);
  });

  it('sends telemetry within a second, without a row in the outbox', async () => {
    const before = await countOf(world, 'identity.outbox');
    const telemetry = owner.get(TelemetryBuffer);
    for (let index = 0; index < 250; index += 1) {
      telemetry.record(UserLoggedInV1, UserLoggedInV1.sample, { subject: newId() });
    }
    await eventually(async () => expect(await effects()).toBe(250));
    expect(await countOf(world, 'identity.outbox')).toBe(before);
  });

  it('removes what has served its time, and only that', async () => {
    const [old, fresh] = [newId(), newId()];
    await eventually(async () => expect(await pending()).toBe(0));
    await world.database.admin(
      `INSERT INTO identity.outbox (id, stream, subject, payload, published_at, sequence)
       VALUES ($1, 'X', 'x', '{}', now() - interval '8 days', 1), ($2, 'X', 'x', '{}', now() - interval '6 days', 2)`,
      [old, fresh],
    );
    await world.database.admin(
      `INSERT INTO identity.inbox (consumer, message_id, processed_at)
       VALUES ('x', $1, now() - interval '36 days'), ('x', $2, now() - interval '31 days')`,
      [old, fresh],
    );
    await world.database.admin(
      `INSERT INTO identity.idempotency_keys (scope, key, request_hash, response, created_at)
       VALUES ('x', 'old', '', '{}', now() - interval '26 hours'), ('x', 'fresh', '', '{}', now() - interval '24 hours')`,
    );
    const { ServiceMessaging } = await import('../src/service-messaging.js');
    const removed = await owner.get(ServiceMessaging).janitor.prune();
    expect(removed).toEqual({ outbox: 1, inbox: 1, idempotency_keys: 1, dead_letters: 0, user_data_part: 0 });
    expect(await countOf(world, `identity.outbox WHERE id = '${fresh}'`)).toBe(1);
    await world.database.admin(`DELETE FROM identity.outbox WHERE stream = 'X'`);
  });
});

describe.each(['NATS', 'local'] as const)('a bus that forgets (%s)', (adapter) => {
  let world: World;
  let owner: Running;
  let reader: Running;
  beforeEach(async () => {
    world = await createWorld(adapter, 'admin');
    owner = await startService(world, 'identity', { controllers: [] });
    reader = await startService(world, 'notifications', { controllers: [SpecConsumer] });
  }, 120_000);
  const stop = async (): Promise<void> => {
    await reader.close();
    await owner.close();
    await world.stop();
  };

  const tell = async (count: number): Promise<void> => {
    await owner.unitOfWork.run((tx) =>
      owner.outbox.addMany(
        tx,
        UserRegisteredV1,
        Array.from({ length: count }, () => ({ data: UserRegisteredV1.sample, subject: newId() })),
      ),
    );
  };
  const published = (count: number) =>
    eventually(async () => expect(await countOf(world, 'identity.outbox WHERE published_at IS NOT NULL')).toBe(count), {
      timeoutMs: 20_000,
    });
  const handledOnce = async (count: number): Promise<void> => {
    await eventually(async () => expect(await countOf(world, 'notifications.effects')).toBeGreaterThanOrEqual(count), {
      timeoutMs: 20_000,
    });
    const [row] = await world.database.admin<{ rows: number; distinct: number }>(
      'SELECT count(*)::int AS rows, count(DISTINCT message_id)::int AS distinct FROM notifications.effects',
    );
    expect(row).toEqual({ rows: count, distinct: count });
  };
  /** Every event id the stream holds now, read by a durable that was not there before. */
  const idsInStream = async (bus: Bus): Promise<Set<string>> => {
    const spec = {
      stream: 'EVT_IDENTITY',
      durable: `analytics-${newId()}`,
      filterSubject: 'evt.identity.>',
      ackWaitMs: 30_000,
      maxAckPending: 20_000,
    };
    const ids = new Set<string>();
    for (;;) {
      const batch = await bus.fetch(spec, 500, 500);
      if (batch.length === 0) return ids;
      for (const delivery of batch) ids.add(delivery.messageId);
      await Promise.all(batch.map((delivery) => delivery.ack()));
    }
  };
  const outboxIds = async (): Promise<Set<string>> =>
    new Set((await world.database.admin<{ id: string }>('SELECT id FROM identity.outbox')).map((row) => row.id));
  const lossesTold = async (): Promise<string> => (await fetch(`${owner.app.healthUrl}/metrics`)).text();

  it('gets everything back after its store was lost', async () => {
    await tell(150);
    await published(150);
    await handledOnce(150);
    await world.loseStreams(owner.bus);
    const lostAt = performance.now();
    await eventually(async () => expect(await lossesTold()).toMatch(/bus_losses_total\{[^}]*EVT_IDENTITY[^}]*\} 1/), {
      timeoutMs: 10_000,
    });
    expect(performance.now() - lostAt).toBeLessThan(10_000);
    await tell(10);
    await published(160);
    await handledOnce(160);
    expect(await idsInStream(owner.bus)).toEqual(await outboxIds());
    await stop();
  }, 90_000);

  it('gets back what was confirmed after the copy it was rolled back to, also under new messages', async () => {
    await tell(100);
    await published(100);
    const rollBack = await copyOfNow(world);
    await tell(60);
    await published(160);
    await handledOnce(160);
    await rollBack();
    // At once: these may take the positions of the lost ones before anybody has looked.
    const telemetry = owner.get(TelemetryBuffer);
    for (let index = 0; index < 80; index += 1) {
      telemetry.record(UserLoggedInV1, UserLoggedInV1.sample, { subject: newId() });
    }
    await tell(90);
    await eventually(async () => expect(await lossesTold()).toMatch(/bus_losses_total\{[^}]*EVT_IDENTITY[^}]*\} \d/), {
      timeoutMs: 10_000,
    });
    await published(250);
    const inStream = await eventually(
      async () => {
        const ids = await idsInStream(owner.bus);
        expect([...(await outboxIds())].filter((id) => !ids.has(id))).toEqual([]);
        return ids;
      },
      { timeoutMs: 15_000 },
    );
    expect(inStream.size).toBeGreaterThanOrEqual(250);
    await handledOnce(250 + 80);
    await stop();
  }, 90_000);
});

/** Remembers the store; the answer puts it back. */
async function copyOfNow(world: World): Promise<() => Promise<void>> {
  if (world.nats !== undefined) {
    const { nats } = world;
    const copy = await nats.copyStore();
    return () => nats.restoreStore(copy);
  }
  const [row] = await world.database.admin<{ last_sequence: string }>(
    `SELECT last_sequence FROM bus.streams WHERE name = 'EVT_IDENTITY'`,
  );
  return async () => {
    for (const statement of [
      `DELETE FROM bus.messages WHERE stream = 'EVT_IDENTITY' AND sequence > $1`,
      `DELETE FROM bus.recent_ids WHERE stream = 'EVT_IDENTITY' AND sequence > $1`,
      `DELETE FROM bus.unsettled WHERE stream = 'EVT_IDENTITY' AND sequence > $1`,
      `UPDATE bus.cursors SET position = least(position, $1) WHERE stream = 'EVT_IDENTITY'`,
      `UPDATE bus.streams SET last_sequence = $1 WHERE name = 'EVT_IDENTITY'`,
    ]) {
      await world.database.admin(statement, [row?.last_sequence]);
    }
  };
}
