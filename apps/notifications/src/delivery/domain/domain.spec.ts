import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isMailAddress } from './mail-address.js';
import { nextAttempt } from './retry-plan.js';

const now = new Date('2026-11-20T10:00:00Z');

describe('attempts to send a mail', () => {
  it('come ever later, and end after about a day', () => {
    let time = now;
    let last = 0;
    let attempts = 1;
    for (; ; attempts += 1) {
      const next = nextAttempt(attempts, time, null, 0.5);
      if (next.kind === 'over') {
        expect(next.reason).toBe('gave-up');
        break;
      }
      const wait = next.time.getTime() - time.getTime();
      expect(wait).toBeGreaterThanOrEqual(last);
      last = wait;
      time = next.time;
    }
    const hours = (time.getTime() - now.getTime()) / 3_600_000;
    expect(hours).toBeGreaterThan(20);
    expect(hours).toBeLessThan(30);
    expect(attempts).toBe(11);
  });

  it('are not planned for a time at which the content is of no use', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 86_400 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempts, seconds, random) => {
          const expiresAt = new Date(now.getTime() + seconds * 1000);
          const next = nextAttempt(attempts, now, expiresAt, random);
          if (next.kind === 'at') expect(next.time.getTime()).toBeLessThan(expiresAt.getTime());
        },
      ),
    );
    expect(nextAttempt(3, now, new Date(now.getTime() + 60_000), 0.5)).toEqual({ kind: 'over', reason: 'expired' });
  });
});

describe('a mail address', () => {
  it.each(['ada@example.com', 'a.b+c@sub.example.co', 'owner@localhost', 'grüße@exämple.de', "o'hara@example.com"])(
    'may be %s',
    (address) => {
      expect(isMailAddress(address)).toBe(true);
    },
  );

  it.each([
    '',
    'ada',
    '@example.com',
    'ada@',
    'ada@example.com, eve@example.com',
    'ada@example.com\r\nBcc: eve@example.com',
    'ada@example.com\n',
    'Ada <ada@example.com>',
    '"a b"@example.com',
    'a@b@c',
    'ada@-example.com',
    'ada@[127.0.0.1]',
    'ada@example.com;eve@example.com',
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(260)}`,
  ])('is not %j', (address) => {
    expect(isMailAddress(address)).toBe(false);
  });
});
