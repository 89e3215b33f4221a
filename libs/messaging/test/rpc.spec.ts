import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { Closed, defineRpc, type Static, Type } from '#contracts';
import { AppError, newId } from '#kernel';
import { Idempotency, type OutgoingContext, Rpc, type RpcContext } from '#messaging';
import { countOf, createWorld, type Running, startService, type World } from './harness.js';

const create = defineRpc('identity', 'spec.create', {
  caller: 'optional',
  idempotent: true,
  request: Closed({ name: Type.String(), tags: Type.Optional(Type.Record(Type.String(), Type.Number())) }),
  response: Closed({
    id: Type.String(),
    name: Type.String(),
    // Keys that JSON and JavaScript treat specially must come back in the same order and form.
    odd: Type.Record(Type.String(), Type.Unknown()),
  }),
});

let failNext: Error | undefined;
let workMs = 0;

@Controller()
class SpecController {
  constructor(private readonly idempotency: Idempotency) {}

  @Rpc(create)
  create(request: Static<typeof create.request>, context: RpcContext): Promise<Static<typeof create.response>> {
    return this.idempotency.run(create, request, context, async (tx) => {
      await tx.query('spec.effect', 'INSERT INTO effects (name) VALUES ($1)', [request.name]);
      if (workMs > 0) await sleep(workMs);
      if (failNext !== undefined) {
        const error = failNext;
        failNext = undefined;
        throw error;
      }
      return {
        id: newId(),
        name: request.name,
        odd: { b: 1, '10': 'ten', '2': 'two', a: 'ü\u2028"\\', nested: { z: [1.5e300, -0, 1e21], y: null } },
      };
    });
  }
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

describe.each(['NATS', 'local'] as const)('one effect per idempotency key (%s)', (adapter) => {
  let world: World;
  let service: Running;
  beforeAll(async () => {
    world = await createWorld(adapter, 'admin');
    service = await startService(world, 'identity', { controllers: [SpecController] });
  }, 120_000);
  afterAll(async () => {
    await service.close();
    await world.stop();
  });

  const user = newId();
  const as = (user_id: string, idempotencyKey?: string): OutgoingContext => ({
    caller: { user_id, roles: ['user'], scopes: [] },
    idempotencyKey,
  });
  const effects = (name: string) => countOf(world, `identity.effects WHERE name = '${name}'`);
  const ask = (request: Static<typeof create.request>, context: OutgoingContext) =>
    service.rpc.callRaw(create, request, context).then(text);
  const codeOf = async (work: Promise<unknown>): Promise<string> => {
    const thrown: unknown = await work.then(
      () => undefined,
      (error: unknown) => error,
    );
    return thrown instanceof AppError ? thrown.code : `no AppError: ${String(thrown)}`;
  };

  it('answers a repeat byte for byte and acts once', async () => {
    const key = newId();
    const first = await ask({ name: 'repeat', tags: { x: 1, y: 2 } }, as(user, key));
    const repeats = [];
    // The same members in another order are the same request.
    for (let index = 0; index < 5; index += 1) {
      repeats.push(await ask({ tags: { y: 2, x: 1 }, name: 'repeat' }, as(user, key)));
    }
    expect(new Set([first, ...repeats]).size).toBe(1);
    expect(await effects('repeat')).toBe(1);
  });

  it('acts once for twenty at the same time; the others get the same bytes or are told to wait', async () => {
    const key = newId();
    workMs = 50;
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, async () => {
        try {
          return await ask({ name: 'race' }, as(user, key));
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          expect(error).toMatchObject({ kind: 'conflict', retryable: true, retryAfterMs: expect.any(Number) });
          return error.code;
        }
      }),
    );
    workMs = 0;
    const answers = new Set(outcomes.filter((outcome) => outcome !== 'IDEMPOTENCY_KEY_IN_PROGRESS'));
    expect(answers.size).toBe(1);
    expect(await effects('race')).toBe(1);
    expect(answers).toContain(await ask({ name: 'race' }, as(user, key)));
  });

  it('refuses the same key for another request', async () => {
    const key = newId();
    await ask({ name: 'first' }, as(user, key));
    expect(await codeOf(ask({ name: 'second' }, as(user, key)))).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(await effects('second')).toBe(0);
  });

  it('keeps the keys of two people apart', async () => {
    const key = newId();
    const mine = await ask({ name: 'scope' }, as(user, key));
    const theirs = await ask({ name: 'scope' }, as(newId(), key));
    expect(theirs).not.toBe(mine);
    expect(await effects('scope')).toBe(2);
  });

  it('remembers nothing of a request that failed', async () => {
    const key = newId();
    failNext = new Error('boom');
    expect(await codeOf(ask({ name: 'failed' }, as(user, key)))).toBe('INTERNAL_ERROR');
    expect(await effects('failed')).toBe(0);
    await ask({ name: 'failed' }, as(user, key));
    expect(await effects('failed')).toBe(1);
  });

  it('acts each time without a key', async () => {
    await ask({ name: 'keyless' }, as(user));
    await ask({ name: 'keyless' }, as(user));
    expect(await effects('keyless')).toBe(2);
  });

  it('refuses a key that is no line of visible text', async () => {
    expect(await codeOf(ask({ name: 'bad' }, as(user, 'two words')))).toBe('VALIDATION_ERROR');
    expect(await codeOf(ask({ name: 'bad' }, as(user, 'x'.repeat(256))))).toBe('VALIDATION_ERROR');
  });
});
