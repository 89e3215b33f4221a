import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Test } from '@nestjs/testing';
import {
  deleteCoverLetter,
  generateCoverLetter,
  getPostingSnapshot,
  getProfile,
  RunGenerationV1,
  startCoverLetter,
} from '#contracts';
import { newId } from '#kernel';
import { type Bus, BusStrategy, MessagingModule, NatsBus, RpcClient, silentLogger, Topology } from '#messaging';
import { CLOCK, PlatformModule, readSettings, ShutdownSequence } from '#platform';
import { createTestDatabase, fakeClock, startNats } from '#testing';
import { AiContentModule, aiContentSchema, aiContentSettings } from '../../src/index.js';
import { posting, profile } from '../support/letter-facts.js';

type World = Awaited<ReturnType<typeof startWorld>>;

/** The service on real PostgreSQL and NATS; what it asks others for is answered here. */
async function startWorld() {
  const [db, nats] = [await createTestDatabase([aiContentSchema]), await startNats()];
  const bus = await NatsBus.connect({
    app: 'admin',
    settings: { url: nats.url, connectTimeoutMs: 5_000 },
    streams: new Topology().allStreams(),
    logger: silentLogger,
  });
  await answer(bus, getProfile.subject, () => profile);
  await answer(bus, getPostingSnapshot.subject, () => posting);
  const settings = readSettings(aiContentSettings, {
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    DATABASE_URL: db.urlOf('ai-content'),
    GENERATIONS_PER_DAY: '3',
    GENERATIONS_PER_DAY_OF_ALL: '5',
  });
  const clock = fakeClock(new Date());
  const module = await Test.createTestingModule({
    imports: [
      PlatformModule.forRoot({ app: 'ai-content', settings }),
      MessagingModule.forRoot(bus, { fetchWaitMs: 300, relayPollMs: 100 }),
      AiContentModule.register(settings),
    ],
  })
    .overrideProvider(CLOCK)
    .useValue(clock)
    .compile();
  const service = module.createNestMicroservice({ strategy: new BusStrategy(bus), logger: false });
  await service.listen();
  return {
    db,
    clock,
    client: module.get(RpcClient, { strict: false }),
    stop: async () => {
      const shutdown = module.get(ShutdownSequence, { strict: false });
      shutdown.add('close-app', 'nest', () => service.close());
      await shutdown.run('test', 5_000);
      await bus.close();
      await nats.stop();
      await db.drop();
    },
  };
}
const answer = (bus: Bus, subject: string, say: () => unknown) =>
  bus.respond(subject, 'test', () => Promise.resolve({ payload: Buffer.from(JSON.stringify(say())), headers: {} }));
describe('texts that are written within a day', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  }, 60_000);
  beforeEach(() => world.clock.advance(25 * 3_600_000));
  afterAll(() => world.stop());

  const person = () => ({ user_id: newId(), roles: ['user' as const], scopes: [] });
  const start = (caller: ReturnType<typeof person>, idempotencyKey = newId()) =>
    world.client.call(
      startCoverLetter,
      { job_id: posting.posting_id },
      {
        caller,
        idempotencyKey,
        timeoutMs: 20_000,
      },
    );
  const counts = async () => {
    const [row] = await world.db.admin(
      `SELECT (SELECT count(*) FROM ai.generation) AS generations,
              (SELECT count(*) FROM ai.outbox WHERE subject = $1) AS work`,
      [RunGenerationV1.subject],
    );
    return row;
  };

  it('are capped for one account: a further one is refused with its own words, and no work is made of it', async () => {
    const ada = person();
    const key = newId();
    const first = await start(ada, key);
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => start(ada)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    const before = await counts();
    await expect(start(ada)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      kind: 'rate-limited',
      message: expect.stringMatching(/^At most 3 texts are written within 24 hours\. Try again in \d+ minutes\.$/),
      retryAfterMs: expect.any(Number),
    });
    expect(await counts()).toEqual(before);
    expect(await start(ada, key)).toEqual(first);
  });

  it('count when they were deleted, too', async () => {
    const ada = person();
    for (let each = 0; each < 3; each += 1) {
      const { id } = await world.client.call(
        generateCoverLetter,
        { job_id: posting.posting_id },
        { caller: ada, timeoutMs: 20_000 },
      );
      await world.client.call(deleteCoverLetter, { cover_letter_id: id }, { caller: ada, timeoutMs: 20_000 });
    }
    await expect(start(ada)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });

  it('are capped for all accounts together', async () => {
    for (let each = 0; each < 5; each += 1) await start(person());
    await expect(start(person())).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      message: expect.stringMatching(/^At most 5 texts are written in this installation within 24 hours/),
    });
    world.clock.advance(25 * 3_600_000);
    await expect(start(person())).resolves.toMatchObject({ status: 'queued' });
  });
});
