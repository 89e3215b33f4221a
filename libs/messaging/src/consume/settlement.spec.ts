import { describe, expect, it } from '@jest/globals';
import { AppError, conflict } from '#kernel';
import { Logger, Metrics } from '#platform';
import type { Delivery } from '../bus/bus.port.js';
import { messagingDefaults } from '../messaging-options.js';
import { isPermanent, type Outcome, reasonOf, Settlement } from './settlement.js';

const failed: Outcome = { kind: 'failed', error: new Error('again') };

function settlementOf(bury: () => Promise<void> = () => Promise.resolve()) {
  const said: string[] = [];
  const delays: number[] = [];
  const delivery = (attempt: number): Delivery => ({
    subject: 's',
    payload: new Uint8Array(),
    headers: {},
    messageId: 'm',
    stream: 'EVT_X',
    sequence: 1,
    attempt,
    ack: async () => void said.push('ack'),
    nak: async (delayMs) => {
      said.push('nak');
      delays.push(delayMs);
    },
    extend: () => Promise.resolve(),
    terminate: async () => void said.push('terminate'),
  });
  const deadLetters = {
    bury: async () => {
      await bury();
      said.push('buried');
    },
    forget: async () => void said.push('forgotten'),
  };
  const settlement = new Settlement({
    durable: 'd',
    maxAttempts: 5,
    deadLetters,
    options: messagingDefaults,
    logger: Logger.create({ service: 'spec', level: 'silent', format: 'json' }),
    metrics: new Metrics('spec', false),
  });
  const settle = (attempt: number, outcome: Outcome) => settlement.settle(delivery(attempt), outcome, 0);
  return { settlement, settle, said, delays, delivery };
}

describe('Settlement', () => {
  it('tries five times with growing pauses and is through in less than 90 s', async () => {
    const { settle, said, delays } = settlementOf();
    for (const attempt of [1, 2, 3, 4, 5]) await settle(attempt, failed);
    expect(said).toEqual(['nak', 'nak', 'nak', 'nak', 'buried']);
    expect([...delays].sort((a, b) => a - b)).toEqual(delays);
    expect(delays.reduce((sum, delay) => sum + delay, 0)).toBeLessThan(75_000);
  });

  it('buries a permanent error at its first attempt', async () => {
    const { settle, said } = settlementOf();
    await settle(1, { kind: 'failed', error: conflict('NO', 'never') });
    expect(said).toEqual(['buried']);
  });

  it('lets a message come again when its dead letter cannot be kept', async () => {
    const { settle, said } = settlementOf(() => Promise.reject(new Error('database away')));
    await settle(5, failed);
    expect(said).toEqual(['nak']);
  });

  it('takes a letter back when the message succeeds after all', async () => {
    const { settle, said } = settlementOf();
    await settle(6, { kind: 'done' });
    expect(said).toEqual(['ack', 'forgotten']);
  });

  it('gives a message back at once when the process stops', async () => {
    const { settle, said, delays } = settlementOf();
    await settle(5, { kind: 'handed-back' });
    expect([said, delays]).toEqual([['nak'], [0]]);
  });

  it('does not reject when the bus is away', async () => {
    const { settlement, delivery } = settlementOf();
    const away = { ...delivery(1), ack: () => Promise.reject(new Error('bus away')) };
    await expect(settlement.settle(away, { kind: 'done' }, 0)).resolves.toBeUndefined();
  });

  it('counts deliveries without outcome only far beyond the attempts', () => {
    const { settlement, delivery } = settlementOf();
    expect(settlement.isExhausted(delivery(15))).toBe(false);
    expect(settlement.isExhausted(delivery(16))).toBe(true);
  });
});

describe('what a dead letter says', () => {
  it('repeats safe messages and hides the text of unexpected errors', () => {
    expect(reasonOf(conflict('NO', 'never'))).toBe('NO: never');
    expect(reasonOf(new TypeError('user ada@example.org'))).toBe('TypeError');
    expect(reasonOf(Object.assign(new Error('x'), { sqlState: '23505' }))).toBe('Error 23505');
  });

  it('takes unexpected errors for retryable', () => {
    expect(isPermanent(new Error('x'))).toBe(false);
    expect(isPermanent(new AppError({ code: 'X', kind: 'unavailable', message: 'x' }))).toBe(false);
    expect(isPermanent(new AppError({ code: 'X', kind: 'invalid', message: 'x' }))).toBe(true);
  });
});
