import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { type Envelope, listDeadLetters, replayDeadLetter, SessionRevokedV1, UserRegisteredV1 } from '#contracts';
import { forbidden, newId } from '#kernel';
import { type Bus, type EventContext, HEADER, NatsBus, OnEvent, silentLogger } from '#messaging';
import { eventually } from '#testing';
import { countOf, createWorld, type Running, startService, type World } from './harness.js';

@Controller()
class SpecConsumer {
  @OnEvent([UserRegisteredV1, SessionRevokedV1], { reader: 'notifications', feature: 'deliveries' })
  async any(event: Envelope, context: EventContext): Promise<void> {
    if (event.type === SessionRevokedV1.type) throw forbidden();
    await context.tx.query('spec.effect', 'INSERT INTO effects (name, message_id) VALUES ($1, $2)', ['ok', event.id]);
  }
}

@Controller()
class UndeclaredReader {
  @OnEvent(UserRegisteredV1, { reader: 'notifications', feature: 'not-in-the-list' })
  never(): Promise<void> {
    return Promise.resolve();
  }
}

@Controller()
class TwoHandlers {
  @OnEvent(UserRegisteredV1, { reader: 'notifications', feature: 'deliveries' })
  one(): Promise<void> {
    return Promise.resolve();
  }
  @OnEvent([UserRegisteredV1, SessionRevokedV1], { reader: 'notifications', feature: 'deliveries' })
  other(): Promise<void> {
    return Promise.resolve();
  }
}

describe('each service with the rights of its own NATS user', () => {
  let world: World;
  let owner: Running;
  let reader: Running;
  let gateway: Bus;
  beforeAll(async () => {
    world = await createWorld('NATS');
    owner = await startService(world, 'identity', { controllers: [] });
    reader = await startService(world, 'notifications', { controllers: [SpecConsumer] });
    const settings = { url: world.nats?.urlFor('gateway') ?? '', connectTimeoutMs: 5000 };
    gateway = await NatsBus.connect({ app: 'gateway', settings, streams: [], logger: silentLogger });
  }, 120_000);
  afterAll(async () => {
    await gateway.close();
    await reader.close();
    await owner.close();
    await world.stop();
  });

  const tell = (contract: typeof UserRegisteredV1 | typeof SessionRevokedV1): Promise<string> =>
    owner.unitOfWork.run((tx) =>
      contract === UserRegisteredV1
        ? owner.outbox.add(tx, UserRegisteredV1, UserRegisteredV1.sample, { subject: 's' })
        : owner.outbox.add(tx, SessionRevokedV1, SessionRevokedV1.sample, { subject: 's' }),
    );

  it('publishes, compares its ledger, reads, settles and buries', async () => {
    await tell(UserRegisteredV1);
    await tell(SessionRevokedV1);
    await eventually(async () => expect(await countOf(world, 'notifications.effects')).toBe(1));
    await eventually(async () => expect(await countOf(world, 'notifications.dead_letters')).toBe(1));
    expect(await countOf(world, 'identity.relay_ledger')).toBe(1);
  });

  it('answers the gateway about dead letters in every service', async () => {
    const caller = JSON.stringify({ user_id: newId(), roles: ['admin'], scopes: [] });
    for (const service of ['identity', 'notifications'] as const) {
      for (const contract of [listDeadLetters(service), replayDeadLetter(service)]) {
        const message = { subject: contract.subject, payload: Buffer.from('{}'), headers: { [HEADER.caller]: caller } };
        const reply = await gateway.request(message, 2000);
        expect(reply.headers[HEADER.error]).toBeUndefined();
      }
    }
  });

  it('does not start with a reader that has no rights, and says what to do', async () => {
    const start = startService(world, 'notifications', { controllers: [UndeclaredReader] });
    await expect(start).rejects.toThrow(/notifications-not-in-the-list.*readers\.ts/s);
  });

  it('does not start with two handlers for one event in one durable', async () => {
    const start = startService(world, 'notifications', { controllers: [TwoHandlers] });
    await expect(start).rejects.toThrow(/handles identity\.user\.registered\.v1 twice/);
  });
});
