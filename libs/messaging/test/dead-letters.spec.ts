import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Inject } from '@nestjs/common';
import {
  Closed,
  defineCommand,
  type Envelope,
  listDeadLetters,
  replayDeadLetter,
  SessionRevokedV1,
  Type,
  UserRegisteredV1,
} from '#contracts';
import { conflict, newId } from '#kernel';
import { type EventContext, OnCommand, OnEvent, type WorkContext } from '#messaging';
import { UnitOfWork, unitOfWorkToken } from '#persistence';
import { eventually } from '#testing';
import { countOf, createWorld, effectsOf, publishRaw, type Running, startService, type World } from './harness.js';

const Work = defineCommand('notifications', 'spec.bury', {
  summary: 'Work for these specs.',
  data: Closed({ how: Type.String() }),
  sample: { how: 'well' },
});

let broken = true;
let handled = 0;

@Controller()
class SpecConsumer {
  constructor(@Inject(unitOfWorkToken('notifications')) private readonly unitOfWork: UnitOfWork) {}

  @OnEvent(UserRegisteredV1, { reader: 'notifications', feature: 'deliveries' })
  async registered(event: Envelope, context: EventContext): Promise<void> {
    handled += 1;
    if (broken) throw new Error('password=hunter2 is what broke');
    await context.tx.query('spec.effect', 'INSERT INTO effects (name, message_id) VALUES ($1, $2)', ['late', event.id]);
  }

  @OnEvent(SessionRevokedV1, { reader: 'notifications', feature: 'deliveries' })
  async healthy(event: Envelope, context: EventContext): Promise<void> {
    await context.tx.query('spec.effect', 'INSERT INTO effects (name, message_id) VALUES ($1, $2)', ['ok', event.id]);
  }

  @OnCommand(Work, { maxAttempts: 2 })
  async work(command: Envelope, context: WorkContext): Promise<void> {
    if (broken) throw conflict('NOT_NOW', 'It cannot be done.');
    await this.unitOfWork.run(async (tx) => {
      await tx.query('spec.effect', 'INSERT INTO effects (name, message_id) VALUES ($1, $2)', ['work', command.id]);
      await context.done(tx);
    });
  }
}

const admin = { caller: { user_id: newId(), roles: ['admin' as const], scopes: [] }, timeoutMs: 60_000 };
const somebody = { caller: { user_id: newId(), roles: ['user' as const], scopes: [] } };

describe.each(['NATS', 'local'] as const)('dead letters (%s)', (adapter) => {
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
    broken = true;
    handled = 0;
  });
  afterEach(async () => {
    await world.database.admin('TRUNCATE notifications.effects, notifications.inbox, notifications.dead_letters');
  });

  const list = (state: 'open' | 'replayed' = 'open') =>
    service.rpc.call(listDeadLetters('notifications'), { state, per_page: 100 }, admin);
  const replay = (request: { ids?: string[]; limit?: number } = {}) =>
    service.rpc.call(replayDeadLetter('notifications'), request, admin);
  const buried = (count: number) =>
    eventually(async () => expect(await countOf(world, 'notifications.dead_letters')).toBe(count), {
      timeoutMs: 20_000,
    });

  it('buries a poison event after five attempts while others flow, and tells no text of the error', async () => {
    const id = await publishRaw(service.bus, UserRegisteredV1);
    for (let index = 0; index < 20; index += 1) await publishRaw(service.bus, SessionRevokedV1);
    await eventually(async () => expect(await effectsOf(world, 'notifications')).toHaveLength(20));
    await buried(1);
    expect(handled).toBe(5);
    const { dead_letters: letters, total } = await list();
    expect(total).toBe(1);
    expect(letters[0]).toMatchObject({
      consumer: 'notifications-deliveries',
      message_id: id,
      type: UserRegisteredV1.type,
      subject: UserRegisteredV1.subject,
      attempts: 5,
      reason: 'Error',
      replayed_at: null,
      data: UserRegisteredV1.sample,
    });
  });

  it('puts a copy on stream DLQ with where it came from and why', async () => {
    const id = await publishRaw(service.bus, UserRegisteredV1);
    await buried(1);
    const spec = {
      stream: 'DLQ',
      durable: 'notifications-dead-letters',
      filterSubject: 'dlq.notifications.>',
      ackWaitMs: 2000,
      maxAckPending: 100,
    };
    const copies = await eventually(async () => {
      const fetched = await service.bus.fetch(spec, 100, 200);
      const mine = fetched.filter((each) => Buffer.from(each.payload).toString().includes(id));
      for (const each of fetched) await each.ack();
      expect(mine).toHaveLength(1);
      return mine;
    });
    expect(copies[0]).toMatchObject({
      subject: `dlq.notifications.${UserRegisteredV1.subject}`,
      headers: {
        'cc-dead-consumer': 'notifications-deliveries',
        'cc-dead-reason': 'Error',
        'cc-dead-attempts': '5',
        'cc-dead-stream': 'EVT_IDENTITY',
      },
    });
  });

  it('replays many letters with one effect each, and a second replay of the same does nothing', async () => {
    const total = 100;
    for (let index = 0; index < total; index += 1) await publishRaw(service.bus, UserRegisteredV1);
    await buried(total);
    const ids = (await list()).dead_letters.map((letter) => letter.id);
    broken = false;
    // Two admins at once.
    const [one, other] = await Promise.all([replay({ ids }), replay({ ids })]);
    expect(one.replayed + other.replayed).toBe(total);
    expect(one.failed).toEqual([]);
    expect((await list()).total).toBe(0);
    expect(await replay({ ids })).toMatchObject({ replayed: 0, skipped: total, remaining: 0 });
    const [counts] = await world.database.admin<{ rows: number; distinct: number }>(
      'SELECT count(*)::int AS rows, count(DISTINCT message_id)::int AS distinct FROM notifications.effects',
    );
    expect(counts).toEqual({ rows: total, distinct: total });
  }, 60_000);

  it('keeps a letter open whose replay fails, with one more attempt', async () => {
    await publishRaw(service.bus, UserRegisteredV1);
    await buried(1);
    const report = await replay();
    expect(report).toMatchObject({ replayed: 0, failed: [{ reason: 'Error' }], remaining: 1 });
    expect((await list()).dead_letters[0]).toMatchObject({ attempts: 6, replayed_at: null });
  });

  it('buries a permanent error at once, puts a replayed command back into its queue, and does it once', async () => {
    const id = newId();
    const envelope = { id, type: Work.type, source: 'spec', subject: 's', time: 't', data: { how: 'x' } };
    const payload = Buffer.from(JSON.stringify(envelope));
    await service.bus.append(Work.stream, id, { subject: Work.subject, payload, headers: {} });
    await buried(1);
    expect((await list()).dead_letters[0]).toMatchObject({ attempts: 1, reason: 'NOT_NOW: It cannot be done.' });
    broken = false;
    expect(await replay()).toMatchObject({ replayed: 1, remaining: 0 });
    expect(await replay()).toMatchObject({ replayed: 0 });
    await eventually(async () =>
      expect(await effectsOf(world, 'notifications')).toEqual([{ name: 'work', message_id: id }]),
    );
    expect((await list('replayed')).total).toBe(1);
  });

  it('opens the same letter again when a replayed command fails again', async () => {
    const id = newId();
    const envelope = { id, type: Work.type, source: 'spec', subject: 's', time: 't', data: { how: 'x' } };
    const payload = Buffer.from(JSON.stringify(envelope));
    await service.bus.append(Work.stream, id, { subject: Work.subject, payload, headers: {} });
    await buried(1);
    await replay();
    await eventually(async () => expect((await list()).total).toBe(1));
    expect(await countOf(world, 'notifications.dead_letters')).toBe(1);
  });

  it('buries what cannot even be read', async () => {
    await service.bus.append('EVT_IDENTITY', newId(), {
      subject: UserRegisteredV1.subject,
      payload: Buffer.from('{"half": \u0000'),
      headers: {},
    });
    await buried(1);
    expect((await list()).dead_letters[0]).toMatchObject({ type: 'unreadable', attempts: 1, data: null });
  });

  it('is for admins only', async () => {
    await expect(service.rpc.call(listDeadLetters('notifications'), {}, somebody)).rejects.toMatchObject({
      kind: 'forbidden',
    });
    await expect(service.rpc.call(replayDeadLetter('notifications'), {}, somebody)).rejects.toMatchObject({
      kind: 'forbidden',
    });
  });
});
