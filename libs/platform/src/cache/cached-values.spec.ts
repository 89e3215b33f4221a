import { describe, expect, it } from '@jest/globals';
import { CachedValues } from './cached-values.js';

/** A value that is computed when the test says so. */
function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

describe('CachedValues', () => {
  const held = (): { now: number; monotonicMs: () => number } => {
    // lru-cache takes a time of 0 for "no time".
    const clock = { now: 1000, monotonicMs: (): number => clock.now };
    return clock;
  };

  it('computes a miss once for all who wait', async () => {
    const seen: string[] = [];
    const cache = new CachedValues<string>({ ttlMs: 1000, maxEntries: 10, onLookup: (result) => seen.push(result) });
    let computed = 0;
    const value = deferred<string>();
    const compute = (): Promise<string> => {
      computed += 1;
      return value.promise;
    };
    const waiting = Promise.all(Array.from({ length: 50 }, () => cache.get('k', compute)));
    value.resolve('v');
    expect(new Set(await waiting)).toEqual(new Set(['v']));
    expect(await cache.get('k', compute)).toBe('v');
    expect(computed).toBe(1);
    expect([seen[0], seen[49], seen[50]]).toEqual(['miss', 'shared', 'hit']);
  });

  it('forgets after its time, or after the shorter time of one value', async () => {
    const clock = held();
    const cache = new CachedValues<number>({ ttlMs: 1000, maxEntries: 10, clock });
    await cache.get('a', async () => 1);
    await cache.get('b', async () => 1, 100);
    clock.now += 500;
    expect([cache.peek('a'), cache.peek('b')]).toEqual([1, undefined]);
    clock.now += 501;
    expect(await cache.get('a', async () => 2)).toBe(2);
  });

  it('does not keep a failure, and tells it to all who waited', async () => {
    const cache = new CachedValues<number>({ ttlMs: 1000, maxEntries: 10 });
    const broken = deferred<number>();
    const first = cache.get('k', () => broken.promise);
    const second = cache.get('k', () => broken.promise);
    broken.reject(new Error('down'));
    await expect(first).rejects.toThrow('down');
    await expect(second).rejects.toThrow('down');
    expect(await cache.get('k', async () => 7)).toBe(7);
  });

  it('does not keep a failure that is thrown before anything is awaited', async () => {
    const cache = new CachedValues<number>({ ttlMs: 1000, maxEntries: 10 });
    const failing = cache.get('k', () => {
      throw new Error('at once');
    });
    await expect(failing).rejects.toThrow('at once');
    expect(await cache.get('k', async () => 7)).toBe(7);
  });

  it('does not keep what was being computed when its key was invalidated', async () => {
    const cache = new CachedValues<string>({ ttlMs: 1000, maxEntries: 10 });
    const old = deferred<string>();
    const waiting = cache.get('u1:list', () => old.promise);
    cache.invalidatePrefix('u1:');
    const fresh = deferred<string>();
    const later = cache.get('u1:list', () => fresh.promise);
    old.resolve('stale');
    expect(await waiting).toBe('stale');
    expect(cache.peek('u1:list')).toBeUndefined();
    fresh.resolve('fresh');
    expect(await later).toBe('fresh');
    expect(cache.peek('u1:list')).toBe('fresh');
  });

  it('invalidates exactly the keys with the prefix', async () => {
    const cache = new CachedValues<number>({ ttlMs: 1000, maxEntries: 10 });
    for (const key of ['u1:a', 'u1:b', 'u10:a']) await cache.get(key, async () => 1);
    cache.invalidatePrefix('u1:');
    expect([cache.peek('u1:a'), cache.peek('u1:b'), cache.peek('u10:a')]).toEqual([undefined, undefined, 1]);
  });

  it('holds no more entries than told, dropping the least used', async () => {
    const cache = new CachedValues<number>({ ttlMs: 60_000, maxEntries: 2 });
    for (const key of ['a', 'b', 'a', 'c']) await cache.get(key, async () => 1);
    expect([cache.size, cache.peek('b')]).toEqual([2, undefined]);
  });
});
