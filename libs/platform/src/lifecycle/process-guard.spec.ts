import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { Logger } from '../logging/index.js';
import { guardProcess } from './process-guard.js';

const logger = Logger.create({ service: 'test', level: 'silent', format: 'json' });
const turn = (ms = 5): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function guarded(shutdown: (reason: string) => Promise<{ clean: boolean }>, timeoutMs = 60_000) {
  const events = new EventEmitter();
  const exits: number[] = [];
  const reasons: string[] = [];
  guardProcess({
    logger,
    timeoutMs,
    events,
    exit: (code) => exits.push(code),
    shutdown: (reason) => {
      reasons.push(reason);
      return shutdown(reason);
    },
  });
  return { events, exits, reasons };
}

describe('guardProcess', () => {
  it('shuts down in order on SIGTERM and exits 0 when all was clean', async () => {
    const { events, exits, reasons } = guarded(() => Promise.resolve({ clean: true }));
    events.emit('SIGTERM');
    expect(exits).toEqual([]);
    await turn();
    expect([exits, reasons]).toEqual([[0], ['SIGTERM']]);
  });

  it('exits 1 when the shutdown was not clean or failed itself', async () => {
    const unclean = guarded(() => Promise.resolve({ clean: false }));
    const failing = guarded(() => Promise.reject(new Error('x')));
    unclean.events.emit('SIGINT');
    failing.events.emit('SIGINT');
    await turn();
    expect([unclean.exits, failing.exits]).toEqual([[1], [1]]);
  });

  it('exits at once on the second Ctrl-C', async () => {
    const { events, exits, reasons } = guarded(() => new Promise(() => undefined));
    events.emit('SIGINT');
    await turn();
    expect(exits).toEqual([]);
    events.emit('SIGINT');
    expect([exits, reasons]).toEqual([[130], ['SIGINT']]);
  });

  it.each(['uncaughtException', 'unhandledRejection'])('shuts down once and exits 1 on %s', async (event) => {
    const { events, exits, reasons } = guarded(() => Promise.resolve({ clean: true }));
    events.emit(event, new Error('boom'));
    events.emit(event, new Error('boom again'));
    await turn();
    expect([exits, reasons.length]).toEqual([[1], 1]);
  });
});
