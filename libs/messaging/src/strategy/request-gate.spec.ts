import { describe, expect, it } from '@jest/globals';
import { readContext } from '../rpc/wire.js';
import { RequestGate } from './request-gate.js';

const context = (timeoutMs = 1000) => readContext({ 'cc-timeout-ms': String(timeoutMs) }, performance.now());

/** Work that ends when told to. */
function held() {
  let release: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { work: () => done, release: () => release() };
}

describe('RequestGate', () => {
  it('runs so many at once and the next when one ends', async () => {
    const gate = new RequestGate(2, 10);
    const [first, second] = [held(), held()];
    const running = [gate.run('s', context(), first.work), gate.run('s', context(), second.work)];
    let third = false;
    const waiting = gate.run('s', context(), async () => {
      third = true;
    });
    await Promise.resolve();
    expect(third).toBe(false);
    first.release();
    await waiting;
    expect(third).toBe(true);
    second.release();
    await Promise.all(running);
    await gate.drained();
  });

  it('refuses at once when the line is full', async () => {
    const gate = new RequestGate(1, 1);
    const first = held();
    const running = gate.run('s', context(), first.work);
    const waiting = gate.run('s', context(), () => Promise.resolve('second'));
    await expect(gate.run('s', context(), () => Promise.resolve())).rejects.toMatchObject({
      kind: 'unavailable',
      retryAfterMs: 1000,
    });
    first.release();
    await running;
    await expect(waiting).resolves.toBe('second');
  });

  it('does not start what waited past its deadline, and lets the next one in', async () => {
    const gate = new RequestGate(1, 10);
    const first = held();
    const running = gate.run('s', context(), first.work);
    const late = gate.run('s', context(0), () => Promise.reject(new Error('was started')));
    const next = gate.run('s', context(), () => Promise.resolve('next'));
    first.release();
    await running;
    await expect(late).rejects.toMatchObject({ kind: 'timeout' });
    await expect(next).resolves.toBe('next');
  });

  it('is free again after work that failed', async () => {
    const gate = new RequestGate(1, 0);
    await expect(gate.run('s', context(), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(gate.run('s', context(), () => Promise.resolve('yes'))).resolves.toBe('yes');
  });
});
