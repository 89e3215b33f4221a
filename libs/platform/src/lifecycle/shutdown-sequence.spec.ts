import { describe, expect, it } from '@jest/globals';
import { Logger } from '../logging/index.js';
import { SHUTDOWN_PHASES, ShutdownSequence } from './shutdown-sequence.js';

const silent = Logger.create({ service: 'test', level: 'silent', format: 'json' });

describe('ShutdownSequence', () => {
  it('runs the phases one after the other, whatever order hooks were added in', async () => {
    const sequence = new ShutdownSequence(silent);
    const journal: string[] = [];
    for (const { name } of [...SHUTDOWN_PHASES].reverse()) {
      sequence.add(name, 'x', async () => {
        await new Promise((resolve) => setTimeout(resolve, 2));
        journal.push(name);
      });
    }
    expect((await sequence.run('test', 1000)).clean).toBe(true);
    expect(journal).toEqual(SHUTDOWN_PHASES.map(({ name }) => name));
  });

  it('goes on after a step that fails, and says that it was not clean', async () => {
    const sequence = new ShutdownSequence(silent);
    let closed = false;
    sequence.add('drain', 'broken', () => Promise.reject(new Error('x')));
    sequence.add('drain', 'throws', () => {
      throw new Error('y');
    });
    sequence.add('close-database', 'pool', () => void (closed = true));
    expect((await sequence.run('test', 1000)).clean).toBe(false);
    expect(closed).toBe(true);
  });

  it('aborts a drain that never ends early enough to hand work back and close within the whole time', async () => {
    const sequence = new ShutdownSequence(silent);
    const journal: string[] = [];
    sequence.add('drain', 'hangs', (signal) => {
      signal.addEventListener('abort', () => journal.push('told to stop'));
      return new Promise(() => undefined);
    });
    sequence.add('hand-back', 'nak', () => void journal.push('handed back'));
    sequence.add('close-database', 'hangs too', () => new Promise(() => undefined));
    sequence.add('flush', 'traces', () => void journal.push('flushed'));
    const { clean, ms } = await sequence.run('test', 1000);
    expect(clean).toBe(false);
    expect(journal).toEqual(['told to stop', 'handed back', 'flushed']);
    expect(ms).toBeLessThan(1000);
  });

  it('runs once, however often it is asked', async () => {
    const sequence = new ShutdownSequence(silent);
    let ran = 0;
    sequence.add('flush', 'x', () => void (ran += 1));
    expect(sequence.started).toBe(false);
    await Promise.all([sequence.run('SIGTERM', 100), sequence.run('SIGINT', 100)]);
    expect([ran, sequence.started]).toEqual([1, true]);
  });
});
