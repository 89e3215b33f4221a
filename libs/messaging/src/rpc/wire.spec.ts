import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { newId } from '#kernel';
import { RawJson } from './rpc-context.js';
import { answerOf, readContext, readError, textOf, toHeaders } from './wire.js';

describe('what travels beside a request', () => {
  it('arrives as it was given', () => {
    const caller = { user_id: newId(), roles: ['user' as const], scopes: ['jobs:read'] };
    const given = { caller, requestId: 'r', idempotencyKey: 'k', clientAddress: '203.0.113.7', userAgent: 'spec/1 ü' };
    expect(readContext(toHeaders(given, 1000), performance.now())).toMatchObject(given);
  });

  it('counts the time down, also when it is handed on', () => {
    const context = readContext(toHeaders({}, 1000), performance.now() - 400);
    expect(context.timeoutMs).toBeLessThanOrEqual(600);
    expect({ ...context }.timeoutMs).toBeGreaterThan(500);
    expect(readContext(toHeaders({}, 1000), performance.now() - 2000).timeoutMs).toBe(0);
  });

  it('fires its signal at the deadline', async () => {
    const context = readContext(toHeaders({}, 30), performance.now());
    expect(context.signal.aborted).toBe(false);
    await new Promise((resolve) => context.signal.addEventListener('abort', resolve, { once: true }));
    // Timers count whole milliseconds and may be one early.
    expect(context.timeoutMs).toBeLessThan(1.5);
  });

  it('lets no header grow a second line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (userAgent) => {
        for (const value of Object.values(toHeaders({ userAgent }, 1))) expect(value).not.toMatch(/[\r\n\0]/);
      }),
    );
  });

  it('refuses a caller it cannot read instead of going on without one', () => {
    for (const caller of ['{', '{}', JSON.stringify({ user_id: 'x', roles: [], scopes: [] })]) {
      expect(() => readContext({ 'cc-caller': caller }, 0)).toThrow('not readable');
    }
  });
});

describe('answers', () => {
  it('leaves ready bytes untouched and prints the rest', () => {
    expect(textOf(answerOf(RawJson.from('{ "a" : 1.0 }')).payload)).toBe('{ "a" : 1.0 }');
    expect(textOf(answerOf({ a: 1 }).payload)).toBe('{"a":1}');
    expect(textOf(answerOf(undefined).payload)).toBe('{}');
  });

  it('takes an error it cannot read for internal', () => {
    const reply = { payload: Buffer.from('boom'), headers: { 'cc-error': '1' } };
    expect(readError(reply)?.kind).toBe('internal');
  });

  it('printed, read and printed again are the same bytes (which a stored answer relies on)', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const once = JSON.stringify(value);
        expect(JSON.stringify(JSON.parse(once))).toBe(once);
      }),
    );
  });
});
