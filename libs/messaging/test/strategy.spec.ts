import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { Closed, defineRpc, type Static, Type, Uuid } from '#contracts';
import { AppError, conflict, newId } from '#kernel';
import { type OutgoingContext, RawJson, Rpc, type RpcContext } from '#messaging';
import { createWorld, type Running, startService, type World } from './harness.js';

const text = (value: Uint8Array): string => Buffer.from(value).toString('utf8');
const caller = { user_id: newId(), roles: ['user' as const], scopes: [] };

// Declared like any contract; NATS rights for it come from the admin user these specs connect with.
const echo = defineRpc('identity', 'spec.echo', {
  request: Closed({ name: Type.String({ minLength: 3, maxLength: 10 }), id: Type.Optional(Uuid()) }),
  response: Closed({
    name: Type.String(),
    request_id: Type.String(),
    user_id: Type.String(),
    traceparent: Type.Union([Type.String(), Type.Null()]),
  }),
});
const raw = defineRpc('identity', 'spec.raw', {
  caller: 'none',
  request: Closed({}),
  response: Closed({ items: Type.Array(Type.Number()) }),
});
const fail = defineRpc('identity', 'spec.fail', {
  caller: 'none',
  request: Closed({ how: Type.String() }),
  response: Closed({}),
});
const slow = defineRpc('identity', 'spec.slow', {
  caller: 'none',
  request: Closed({ ms: Type.Integer() }),
  response: Closed({ aborted: Type.Boolean() }),
});
const wrong = defineRpc('identity', 'spec.wrong', { caller: 'none', request: Closed({}), response: Closed({}) });

let started = 0;

@Controller()
class SpecController {
  @Rpc(echo)
  echo(request: Static<typeof echo.request>, context: RpcContext): Static<typeof echo.response> {
    return {
      name: request.name,
      request_id: context.requestId,
      user_id: context.caller?.user_id ?? 'nobody',
      traceparent: context.traceparent ?? null,
    };
  }

  @Rpc(raw)
  raw(): RawJson {
    return RawJson.from('{ "items" : [1.0, 2e3] }');
  }

  @Rpc(fail)
  fail(request: Static<typeof fail.request>): void {
    if (request.how === 'app') throw conflict('ALREADY_THERE', 'It is there.', { existing_id: 'x' });
    throw new Error('secret of the house: password=hunter2');
  }

  @Rpc(slow)
  async slow(request: Static<typeof slow.request>, context: RpcContext): Promise<Static<typeof slow.response>> {
    started += 1;
    await sleep(request.ms);
    return { aborted: context.signal.aborted };
  }

  @Rpc(wrong)
  wrong(): { secret_column: string } {
    return { secret_column: 'x' };
  }
}

describe.each(['NATS', 'local'] as const)('requests over the bus (%s)', (adapter) => {
  let world: World;
  let service: Running;
  beforeAll(async () => {
    world = await createWorld(adapter, 'admin');
    service = await startService(world, 'identity', { controllers: [SpecController] }, { requestsAtOnce: 4 });
  }, 120_000);
  afterAll(async () => {
    await service.close();
    await world.stop();
  });

  const ask = (request: unknown, context: OutgoingContext = { caller }) =>
    service.rpc.call(echo, request as Static<typeof echo.request>, context);
  const errorOf = async (work: Promise<unknown>): Promise<AppError> => {
    const thrown: unknown = await work.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (thrown instanceof AppError) return thrown;
    throw new Error(`expected an AppError, got ${String(thrown)}`);
  };

  it('carries caller, request id and trace to the handler and the answer back', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await expect(ask({ name: 'Ada' }, { caller, requestId: 'r-1', traceparent })).resolves.toEqual({
      name: 'Ada',
      request_id: 'r-1',
      user_id: caller.user_id,
      traceparent,
    });
  });

  it('answers a request that breaks its contract with the field and the bound', async () => {
    const error = await errorOf(ask({ name: 'x', role: 'admin' }));
    expect(error.toShape()).toMatchObject({
      kind: 'invalid',
      code: 'VALIDATION_ERROR',
      retryable: false,
      details: expect.arrayContaining([
        { field: 'name', message: 'must have at least 3 characters' },
        { field: 'role', message: 'is not a known field' },
      ]),
    });
  });

  it('refuses a request without a caller where the contract wants one', async () => {
    expect((await errorOf(ask({ name: 'Ada' }, {}))).kind).toBe('unauthenticated');
  });

  it('passes bytes through untouched', async () => {
    expect(text(await service.rpc.callRaw(raw, {}, {}))).toBe('{ "items" : [1.0, 2e3] }');
  });

  it('carries an expected error with code and extra members', async () => {
    const error = await errorOf(service.rpc.call(fail, { how: 'app' }, {}));
    expect(error.toShape()).toMatchObject({ code: 'ALREADY_THERE', kind: 'conflict', extra: { existing_id: 'x' } });
  });

  it('keeps the text of an unexpected error to itself', async () => {
    const error = await errorOf(service.rpc.call(fail, { how: 'boom' }, {}));
    expect(error.kind).toBe('internal');
    expect(JSON.stringify(error.toShape())).not.toContain('hunter2');
  });

  it('does not start work whose deadline passed while it waited in line', async () => {
    started = 0;
    const blockers = Array.from({ length: 4 }, () => service.rpc.call(slow, { ms: 400 }, { timeoutMs: 2000 }));
    await sleep(100);
    const late = await errorOf(service.rpc.call(slow, { ms: 0 }, { timeoutMs: 100 }));
    expect(late.kind).toBe('timeout');
    await Promise.all(blockers);
    await sleep(100);
    expect(started).toBe(4);
  });

  it('does not even send a request without time left', async () => {
    started = 0;
    expect((await errorOf(service.rpc.call(slow, { ms: 0 }, { timeoutMs: 0 }))).kind).toBe('timeout');
    expect(started).toBe(0);
  });

  it('says unavailable when nobody answers', async () => {
    const nobody = defineRpc('identity', 'spec.nobody', { request: Closed({}), response: Closed({}) });
    expect((await errorOf(service.rpc.call(nobody, {}, { caller }))).kind).toBe('unavailable');
  });

  it('fails loudly in tests when a service answers what its contract does not say', async () => {
    await expect(service.rpc.call(wrong, {}, {})).rejects.toThrow(/secret_column is not a known field/);
  });

  it('refuses to ask while a transaction is open', async () => {
    await expect(service.unitOfWork.run(() => service.rpc.call(raw, {}, {}))).rejects.toThrow(/inside a transaction/);
  });

  it('answers two hundred requests at once, each with its own answer', async () => {
    const names = Array.from({ length: 200 }, (_, index) => `name-${index}`);
    const answers = await Promise.all(names.map((name) => ask({ name })));
    expect(answers.map((answer) => answer.name)).toEqual(names);
  });
});
