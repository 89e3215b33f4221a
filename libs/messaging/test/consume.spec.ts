import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Inject } from '@nestjs/common';
import {
  Closed,
  defineCommand,
  type Envelope,
  ProfileUpdatedV1,
  SessionRevokedV1,
  Type,
  UserLoggedInV1,
  UserRegisteredV1,
} from '#contracts';
import { AppError, newId } from '#kernel';
import { type EventContext, HEADER, OnCommand, OnEvent, type WorkContext } from '#messaging';
import { UnitOfWork, unitOfWorkToken } from '#persistence';
import { eventually } from '#testing';
import { countOf, createWorld, effectsOf, publishRaw, type Running, startService, type World } from './harness.js';

const Work = defineCommand('notifications', 'spec.work', {
  summary: 'Work for these specs.',
  data: Closed({ how: Type.String() }),
  sample: { how: 'well' },
});

/** Each is delivered at least twice; DELIVERIES=10000 for the long run. */
const DELIVERED_EVENTS = Number(process.env.DELIVERIES ?? 1200) / 2;

/** What the handlers do; set by each test. */
let onRegistered: (event: Envelope, context: EventContext) => Promise<void>;
let onWork: (command: Envelope, context: WorkContext, unitOfWork: UnitOfWork) => Promise<void>;
const seen: { type: string; context: EventContext }[] = [];

const effect = async (context: EventContext, name: string, id: string): Promise<void> => {
  await context.tx.query('spec.effect', 'INSERT INTO effects (name, message_id) VALUES ($1, $2)', [name, id]);
};

@Controller()
class SpecConsumer {
  constructor(@Inject(unitOfWorkToken('notifications')) private readonly unitOfWork: UnitOfWork) {}

  @OnEvent(UserRegisteredV1, { reader: 'notifications', feature: 'deliveries' })
  async registered(event: Envelope, context: EventContext): Promise<void> {
    await onRegistered(event, context);
  }

  @OnEvent([SessionRevokedV1, UserLoggedInV1], { reader: 'notifications', feature: 'deliveries' })
  async sessions(event: Envelope, context: EventContext): Promise<void> {
    seen.push({ type: event.type, context });
    await effect(context, event.type, event.id);
  }

  @OnCommand(Work, { concurrency: 2, ackWaitMs: 1500, maxAttempts: 3 })
  async work(command: Envelope, context: WorkContext): Promise<void> {
    await onWork(command, context, this.unitOfWork);
  }
}

describe.each(['NATS', 'local'] as const)('consuming (%s)', (adapter) => {
  let world: World;
  let service: Running;
  beforeAll(async () => {
    world = await createWorld(adapter, 'admin');
    service = await startService(world, 'notifications', { controllers: [SpecConsumer] });
  }, 120_000);
  afterAll(async () => {
    await service.close();
    await world.stop();
  });
  beforeEach(() => {
    seen.length = 0;
    onRegistered = (event, context) => effect(context, 'registered', event.id);
    onWork = () => Promise.resolve();
  });
  afterEach(async () => {
    await world.database.admin('TRUNCATE notifications.effects, notifications.inbox, notifications.dead_letters');
  });

  const effects = () => effectsOf(world, 'notifications');
  const settled = async (): Promise<void> => {
    const spec = { ackWaitMs: 2000, maxAckPending: 4096 };
    await eventually(
      async () => {
        const events = {
          ...spec,
          stream: 'EVT_IDENTITY',
          durable: 'notifications-deliveries',
          filterSubject: 'evt.identity.>',
        };
        expect(await service.bus.lag(events)).toBe(0);
      },
      { timeoutMs: 20_000 + DELIVERED_EVENTS * 20 },
    );
  };
  const send = (data: unknown, id = newId()) =>
    service.bus
      .append(Work.stream, id, {
        subject: Work.subject,
        payload: Buffer.from(
          JSON.stringify({ id, type: Work.type, source: 'spec', subject: 's', time: new Date().toISOString(), data }),
        ),
        headers: { [HEADER.requestId]: 'r-work' },
      })
      .then(() => id);

  it('hands each type of one stream to its handler, and confirms types nobody reads', async () => {
    const id = await publishRaw(service.bus, SessionRevokedV1);
    await publishRaw(service.bus, ProfileUpdatedV1);
    await publishRaw(service.bus, UserLoggedInV1);
    await settled();
    expect((await effects()).map((each) => each.name).sort()).toEqual([SessionRevokedV1.type, UserLoggedInV1.type]);
    expect((await effects()).some((each) => each.message_id === id)).toBe(true);
    expect(await countOf(world, 'notifications.inbox')).toBe(2);
  });

  it('gives the handler the request and the trace that caused the event', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const id = newId();
    const payload = {
      id,
      type: SessionRevokedV1.type,
      source: 'identity',
      subject: 's',
      time: 't',
      data: SessionRevokedV1.sample,
    };
    await service.bus.append(SessionRevokedV1.stream, id, {
      subject: SessionRevokedV1.subject,
      payload: Buffer.from(JSON.stringify(payload)),
      headers: { [HEADER.requestId]: 'r-7', traceparent },
    });
    await eventually(() => expect(seen).toHaveLength(1));
    expect(seen[0]?.context).toMatchObject({ requestId: 'r-7', traceparent, attempt: 1 });
    // Its effect is stored after the handler was seen to run, and would be there in the next test.
    await settled();
  });

  it('has one effect when the same event is published three times', async () => {
    const id = newId();
    for (const copy of [1, 2, 3]) await publishRaw(service.bus, UserRegisteredV1, { id }, `${id}-${copy}`);
    await settled();
    expect(await effects()).toEqual([{ name: 'registered', message_id: id }]);
  });

  it('leaves neither effect nor inbox row behind when the handler throws, and tries again', async () => {
    const attempts: number[] = [];
    onRegistered = async (event, context) => {
      attempts.push(context.attempt);
      await effect(context, 'half', event.id);
      if (attempts.length < 3) throw new Error('not yet');
    };
    await publishRaw(service.bus, UserRegisteredV1);
    await settled();
    expect(attempts).toEqual([1, 2, 3]);
    expect((await effects()).map((each) => each.name)).toEqual(['half']);
  });

  it('accepts an event of a newer minor version and gives up one that breaks its contract', async () => {
    await publishRaw(service.bus, UserRegisteredV1, { data: { ...UserRegisteredV1.sample, added_later: 1 } });
    await publishRaw(service.bus, UserRegisteredV1, { data: { user_id: 'not a uuid', method: 'password' } });
    await settled();
    expect(await effects()).toHaveLength(1);
    const [letter] = await world.database.admin<{ reason: string; attempts: number }>(
      'SELECT reason, attempts FROM notifications.dead_letters',
    );
    expect(letter).toMatchObject({ attempts: 1, reason: expect.stringContaining('user_id must be a UUID') });
  });

  it(
    'handles every one of many shuffled and repeated deliveries exactly once',
    async () => {
      const total = DELIVERED_EVENTS;
      const ids = Array.from({ length: total }, () => newId());
      const copies = [...ids, ...ids].map((id, index) => ({ id, messageId: `${id}-${index}`, order: Math.random() }));
      copies.sort((a, b) => a.order - b.order);
      onRegistered = async (event, context) => {
        // Some fail at their first attempt, so that redeliveries mix in as well.
        if (context.attempt === 1 && event.id.endsWith('7')) throw new Error('first attempt');
        await effect(context, 'registered', event.id);
      };
      await Promise.all(
        copies.map(({ id, messageId }) => publishRaw(service.bus, UserRegisteredV1, { id }, messageId)),
      );
      await settled();
      const [counts] = await world.database.admin<{ rows: number; distinct: number }>(
        'SELECT count(*)::int AS rows, count(DISTINCT message_id)::int AS distinct FROM notifications.effects',
      );
      expect(counts).toEqual({ rows: total, distinct: total });
      expect(await countOf(world, 'notifications.dead_letters')).toBe(0);
    },
    60_000 + DELIVERED_EVENTS * 20,
  );

  it('does work once, however often the command comes', async () => {
    let runs = 0;
    onWork = async (command, context, unitOfWork) => {
      runs += 1;
      await unitOfWork.run(async (tx) => {
        await tx.query('spec.effect', 'INSERT INTO effects (name, message_id) VALUES ($1, $2)', ['work', command.id]);
        await context.done(tx);
      });
    };
    const id = await send({ how: 'well' });
    await eventually(async () => expect(await effects()).toHaveLength(1));
    await service.bus.append(Work.stream, `${id}-again`, {
      subject: Work.subject,
      payload: Buffer.from(
        JSON.stringify({ id, type: Work.type, source: 'spec', subject: 's', time: 't', data: { how: 'well' } }),
      ),
      headers: {},
    });
    await sleep(300);
    expect(runs).toBe(1);
    expect(await effects()).toEqual([{ name: 'work', message_id: id }]);
  });

  it('keeps long work to itself by heartbeat, beyond its ack wait', async () => {
    let runs = 0;
    onWork = async (_command, context, unitOfWork) => {
      runs += 1;
      await sleep(3500);
      await unitOfWork.run((tx) => context.done(tx));
    };
    await send({ how: 'slowly' });
    await eventually(async () => expect(await countOf(world, 'notifications.inbox')).toBe(1), { timeoutMs: 8000 });
    await sleep(500);
    expect(runs).toBe(1);
  });

  it('takes a handler that returns without done(tx) for failed, and gives it up after its attempts', async () => {
    const attempts: [number, boolean][] = [];
    onWork = async (_command, context) => {
      attempts.push([context.attempt, context.lastAttempt]);
    };
    await send({ how: 'forgetful' });
    await eventually(async () => expect(await countOf(world, 'notifications.dead_letters')).toBe(1));
    expect(attempts).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ]);
  });

  it('rolls the second worker back when two do the same work at the same time', async () => {
    const id = newId();
    let running = 0;
    onWork = async (command, context, unitOfWork) => {
      running += 1;
      await eventually(() => expect(running).toBe(2));
      await unitOfWork.run(async (tx) => {
        await tx.query('spec.effect', 'INSERT INTO effects (name, message_id) VALUES ($1, $2)', ['twice', command.id]);
        await context.done(tx);
      });
    };
    const payload = Buffer.from(
      JSON.stringify({ id, type: Work.type, source: 'spec', subject: 's', time: 't', data: { how: 'twice' } }),
    );
    for (const copy of ['a', 'b']) {
      await service.bus.append(Work.stream, `${id}-${copy}`, { subject: Work.subject, payload, headers: {} });
    }
    await eventually(async () => expect(await countOf(world, 'notifications.inbox')).toBe(1));
    await sleep(300);
    expect(await effects()).toEqual([{ name: 'twice', message_id: id }]);
    expect(await countOf(world, 'notifications.dead_letters')).toBe(0);
  });
});

describe.each(['NATS', 'local'] as const)('stopping (%s)', (adapter) => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld(adapter, 'admin');
  }, 120_000);
  afterAll(async () => {
    await world.stop();
  });

  it('lets running work finish, takes nothing new, and leaves the rest to the next replica', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let begun = 0;
    onRegistered = async (event, context) => {
      begun += 1;
      if (begun === 1) await held;
      await effect(context, 'registered', event.id);
    };
    const first = await startService(world, 'notifications', { controllers: [SpecConsumer] });
    await publishRaw(first.bus, UserRegisteredV1);
    await eventually(() => expect(begun).toBe(1));
    const closing = first.close();
    await sleep(200);
    release();
    await closing;
    expect(await effectsOf(world, 'notifications')).toHaveLength(1);

    const second = await startService(world, 'notifications', { controllers: [SpecConsumer] });
    await publishRaw(second.bus, UserRegisteredV1);
    await eventually(async () => expect(await effectsOf(world, 'notifications')).toHaveLength(2));
    await second.close();
  }, 60_000);

  it('hands work back that does not end, and another replica does it', async () => {
    let runs = 0;
    onWork = async (_command, context, unitOfWork) => {
      runs += 1;
      if (runs === 1) {
        await new Promise((_resolve, reject) => {
          context.signal.addEventListener('abort', () =>
            reject(new AppError({ code: 'STOPPED', kind: 'internal', message: 'stopped' })),
          );
        });
      }
      await unitOfWork.run((tx) => context.done(tx));
    };
    const first = await startService(world, 'notifications', { controllers: [SpecConsumer] });
    const id = newId();
    await first.bus.append(Work.stream, id, {
      subject: Work.subject,
      payload: Buffer.from(
        JSON.stringify({ id, type: Work.type, source: 'spec', subject: 's', time: 't', data: { how: 'x' } }),
      ),
      headers: {},
    });
    await eventually(() => expect(runs).toBe(1));
    await first.close();
    const second = await startService(world, 'notifications', { controllers: [SpecConsumer] });
    await eventually(async () => {
      const [row] = await world.database.admin<{ count: number }>(
        'SELECT count(*)::int AS count FROM notifications.inbox WHERE message_id = $1',
        [id],
      );
      expect(row?.count).toBe(1);
    });
    expect(runs).toBe(2);
    await second.close();
  }, 60_000);
});
