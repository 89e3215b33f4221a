import { describe, expect, it } from '@jest/globals';
import { Closed, defineRpc, Type } from '#contracts';
import { Logger, Metrics } from '#platform';
import { throwError } from 'rxjs';
import { readError, type Reply, textOf } from '../rpc/wire.js';
import { RequestGate } from './request-gate.js';
import { rpcResponder } from './rpc-responder.js';

const contract = defineRpc('analytics', 'test.wait', {
  request: Closed({ name: Type.Optional(Type.String()) }),
  response: Closed({ name: Type.String() }),
  caller: 'none',
});

type Work = (name: string) => Promise<unknown>;

/** Asks a handler behind a gate, as the bus would. */
function service(gate: RequestGate, work: Work) {
  const respond = rpcResponder({
    contract,
    handle: (request) =>
      work(typeof request === 'object' && request !== null ? String(Reflect.get(request, 'name')) : ''),
    gate,
    logger: Logger.create({ service: 'test', level: 'silent', format: 'json' }),
    metrics: new Metrics('test', false),
  });
  return (name: string, timeoutMs = 1000): Promise<Reply> =>
    respond({
      subject: contract.subject,
      payload: Buffer.from(JSON.stringify({ name })),
      headers: { 'cc-timeout-ms': String(timeoutMs) },
    });
}

/** Work that begins at once and ends when told to, by name. */
function held() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const work: Work = (name) =>
    new Promise((resolve) => {
      begun.push(name);
      ends.set(name, () => resolve({ name }));
    });
  return { work, begun, end: (name: string) => ends.get(name)?.() };
}

const said = async (reply: Promise<Reply>): Promise<unknown> => JSON.parse(textOf((await reply).payload)) as unknown;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('an rpc responder behind its gate', () => {
  it('runs so many at once and the next when one ends', async () => {
    const gate = new RequestGate(2, 10);
    const { work, begun, end } = held();
    const ask = service(gate, work);
    const replies = ['first', 'second', 'third'].map((name) => ask(name));
    await turn();
    expect(begun).toEqual(['first', 'second']);
    end('first');
    await turn();
    expect(begun).toEqual(['first', 'second', 'third']);
    end('second');
    end('third');
    expect(await Promise.all(replies.map(said))).toEqual([{ name: 'first' }, { name: 'second' }, { name: 'third' }]);
    await gate.drained();
  });

  it('refuses at once when the line is full', async () => {
    const { work, end } = held();
    const ask = service(new RequestGate(1, 1), work);
    const [first, second] = [ask('first'), ask('second')];
    expect(readError(await ask('third'))).toMatchObject({ kind: 'unavailable', retryAfterMs: 1000 });
    end('first');
    await first;
    await turn();
    end('second');
    expect(await said(second)).toEqual({ name: 'second' });
  });

  it('does not start what waited past its deadline, and lets the next one in', async () => {
    const { work, begun, end } = held();
    const ask = service(new RequestGate(1, 10), work);
    const [first, late, next] = [ask('first'), ask('late', 0), ask('next')];
    end('first');
    await first;
    expect(readError(await late)).toMatchObject({ kind: 'timeout' });
    await turn();
    end('next');
    expect(await said(next)).toEqual({ name: 'next' });
    expect(begun).toEqual(['first', 'next']);
  });

  it('is free again after work that failed, also with an observable as Nest answers errors', async () => {
    const ask = service(new RequestGate(1, 0), (name) => {
      if (name === 'throws') throw new Error('no');
      if (name === 'rejects') return Promise.reject(new Error('no'));
      if (name === 'observable') return Promise.resolve(throwError(() => new Error('no')));
      return Promise.resolve({ name });
    });
    for (const name of ['throws', 'rejects', 'observable']) {
      expect(readError(await ask(name))).toMatchObject({ kind: 'internal' });
    }
    expect(await said(ask('fine'))).toEqual({ name: 'fine' });
  });
});
