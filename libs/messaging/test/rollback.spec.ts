import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Inject } from '@nestjs/common';
import { type Envelope, SendDeliveryV1, UserRegisteredV1 } from '#contracts';
import { newId } from '#kernel';
import { type Bus, type EventContext, OnCommand, OnEvent, type WorkContext } from '#messaging';
import { UnitOfWork, unitOfWorkToken } from '#persistence';
import { eventually, type NatsHandle } from '#testing';
import { countOf, createWorld, publishRaw, type Running, startService, type World } from './harness.js';

/**
 * A store that goes back while its readers do not. A power cut, or a copy made while the server wrote, leaves durables
 * that stand behind messages their stream has lost; the server then passes over as many new ones, and settles by
 * position whatever stands there now. Every service has only its own rights here.
 */
@Controller()
class SpecConsumer {
  constructor(@Inject(unitOfWorkToken('notifications')) private readonly unitOfWork: UnitOfWork) {}

  @OnEvent(UserRegisteredV1, { reader: 'notifications', feature: 'deliveries' })
  async event({ id }: Envelope, { tx }: EventContext): Promise<void> {
    await tx.query('spec.effect', 'INSERT INTO effects (name, message_id) VALUES ($1, $2)', ['event', id]);
  }

  @OnCommand(SendDeliveryV1, { concurrency: 4, ackWaitMs: 2_000, maxAttempts: 5 })
  async command({ id }: Envelope, context: WorkContext): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      await tx.query('spec.effect', 'INSERT INTO effects (name, message_id) VALUES ($1, $2)', ['command', id]);
      await context.done(tx);
    });
  }
}

const EVENTS = { stream: UserRegisteredV1.stream, durable: 'notifications-deliveries' };
const COMMANDS = { stream: SendDeliveryV1.stream, durable: 'notifications-delivery-send-v1' };

describe('after a store went back and a durable did not', () => {
  let world: World;
  let nats: NatsHandle;
  let owner: Running;
  let readers: Running[];
  const open: Bus[] = [];
  const startReader = (): Promise<Running> => startService(world, 'notifications', { controllers: [SpecConsumer] });

  beforeEach(async () => {
    world = await createWorld('NATS');
    if (world.nats === undefined) throw new Error('this world has NATS');
    nats = world.nats;
    // First: the streams are its readers' to be there.
    owner = await startService(world, 'identity', { controllers: [] });
    readers = [await startReader()];
  }, 120_000);
  afterEach(async () => {
    await Promise.all(open.splice(0).map((bus) => bus.close()));
    for (const running of [...readers, owner]) await running.close();
    await world.stop();
  });

  const tell = (count: number): Promise<string[]> =>
    owner.unitOfWork.run((tx) =>
      owner.outbox.addMany(
        tx,
        UserRegisteredV1,
        Array.from({ length: count }, () => ({ data: UserRegisteredV1.sample, subject: newId() })),
      ),
    );
  const send = (count: number): Promise<string[]> =>
    owner.unitOfWork.run((tx) =>
      owner.outbox.addMany(
        tx,
        SendDeliveryV1,
        Array.from({ length: count }, () => ({ data: SendDeliveryV1.sample, subject: newId() })),
      ),
    );
  const unpublished = () => countOf(world, 'identity.outbox WHERE published_at IS NULL');
  const published = () => eventually(async () => expect(await unpublished()).toBe(0), { timeoutMs: 20_000 });
  /** Every one of them, and none twice. */
  const handledOnce = (name: string, count: number): Promise<void> =>
    eventually(
      async () => {
        const [row] = await world.database.admin<{ rows: number; distinct: number }>(
          `SELECT count(*)::int AS rows, count(DISTINCT message_id)::int AS distinct
           FROM notifications.effects WHERE name = '${name}'`,
        );
        expect(row).toEqual({ rows: count, distinct: count });
      },
      { timeoutMs: 30_000 },
    );

  /** A reader that settles when the test says so. */
  const byHand = async () => {
    const bus = await world.connect('analytics');
    open.push(bus);
    const filterSubject = 'evt.identity.>';
    const spec = { ...EVENTS, durable: 'analytics-facts', filterSubject, ackWaitMs: 30_000, maxAckPending: 100 };
    return { bus, spec };
  };

  /** A copy of now, which `tornTo` makes one whose durable knows what happened after it. */
  const copy = (): Promise<string> => nats.copyStore();
  const tornTo = async (earlier: string, { stream, durable }: typeof EVENTS): Promise<void> => {
    const later = await nats.copyStore();
    const path = join('jetstream', 'CAREER', 'streams', stream, 'obs', durable);
    await rm(join(earlier, path), { recursive: true });
    await cp(join(later, path), join(earlier, path), { recursive: true });
  };

  it('hands out the events at the positions it had passed, however many were lost', async () => {
    await tell(40);
    await handledOnce('event', 40);
    const earlier = await copy();
    await tell(60);
    await handledOnce('event', 100);
    await tornTo(earlier, EVENTS);
    await nats.kill9();
    // These go first: the lost ones are found only after them.
    await tell(30);
    await nats.restoreStore(earlier);
    await published();
    await handledOnce('event', 130);
    await tell(5);
    await handledOnce('event', 135);
  }, 90_000);

  it('does so also when all was refilled before the reader came, and nothing about its durable looks wrong', async () => {
    await tell(20);
    await handledOnce('event', 20);
    const earlier = await copy();
    await tell(50);
    await handledOnce('event', 70);
    await tornTo(earlier, EVENTS);
    for (const reader of readers.splice(0)) await reader.close();
    await nats.kill9();
    await tell(30);
    await nats.restoreStore(earlier);
    await published();
    const { lastSequence } = await owner.bus.streamState(EVENTS.stream);
    expect(lastSequence).toBeGreaterThanOrEqual(100);
    readers.push(await startReader());
    await handledOnce('event', 100);
  }, 90_000);

  it('does so with two replicas of a reader, of which both want to mend it', async () => {
    readers.push(await startReader());
    await tell(50);
    await handledOnce('event', 50);
    const earlier = await copy();
    await tell(50);
    await handledOnce('event', 100);
    await tornTo(earlier, EVENTS);
    await nats.kill9();
    await tell(80);
    await nats.restoreStore(earlier);
    await published();
    await handledOnce('event', 180);
    await tell(40);
    await handledOnce('event', 220);
  }, 90_000);

  it('hands out the commands at the positions it had passed', async () => {
    await send(10);
    await handledOnce('command', 10);
    const earlier = await copy();
    await send(40);
    await handledOnce('command', 50);
    await tornTo(earlier, COMMANDS);
    await nats.kill9();
    await send(20);
    await nats.restoreStore(earlier);
    await published();
    await handledOnce('command', 70);
  }, 90_000);

  it('does not settle what now stands where a message stood that it was handed before', async () => {
    const { bus, spec } = await byHand();
    await publishRaw(owner.bus, UserRegisteredV1);
    const [before] = await bus.fetch(spec, 1, 3_000);
    if (before === undefined) throw new Error('it was handed out');
    await nats.deleteStore();
    await eventually(() => publishRaw(owner.bus, UserRegisteredV1), { timeoutMs: 10_000 });
    const [after] = await eventually(
      async () => {
        const got = await bus.fetch(spec, 1, 500);
        expect(got).toHaveLength(1);
        return got;
      },
      { timeoutMs: 10_000 },
    );
    expect(after?.sequence).toBe(before.sequence);
    for (const settle of [() => before.ack(), () => before.nak(0), () => before.terminate()]) {
      await expect(settle()).rejects.toMatchObject({ kind: 'unavailable' });
    }
    expect(await bus.lag(spec)).toBe(1);
    await after?.ack();
    expect(await bus.lag(spec)).toBe(0);
  }, 60_000);

  it('settles what it was handed before, when the server came back with all it had', async () => {
    const { bus, spec } = await byHand();
    await publishRaw(owner.bus, UserRegisteredV1);
    const [delivery] = await bus.fetch(spec, 1, 3_000);
    await nats.kill9();
    await nats.restart();
    await eventually(() => expect(bus.isConnected()).toBe(true), { timeoutMs: 10_000 });
    await delivery?.ack();
    expect(await bus.lag(spec)).toBe(0);
  }, 60_000);
});
