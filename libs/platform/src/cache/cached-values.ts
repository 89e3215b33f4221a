import { LRUCache } from 'lru-cache';
import type { Clock } from '#kernel';

export interface CachedValuesOptions {
  ttlMs: number;
  /** Least recently used entries beyond this are dropped. */
  maxEntries: number;
  clock?: Pick<Clock, 'monotonicMs'>;
  /** `hit`, `miss`, or `shared`: somebody else was computing it already. */
  onLookup?: (result: 'hit' | 'miss' | 'shared') => void;
}

interface Flight {
  /** False once the key was invalidated: the result must not be kept. */
  current: boolean;
}

interface Computation<V> {
  flight: Flight;
  value: Promise<V>;
}

/**
 * Values that are asked for often and change seldom. A miss is computed once, not once per waiter; an invalidation
 * while it is computed keeps the result, which may be stale already, out of the cache. Failures are not kept.
 */
export class CachedValues<V extends object | string | number | boolean> {
  private readonly values: LRUCache<string, V>;
  private readonly running = new Map<string, Computation<V>>();

  constructor(private readonly options: CachedValuesOptions) {
    const { clock } = options;
    this.values = new LRUCache<string, V>({
      max: options.maxEntries,
      ttl: options.ttlMs,
      // Reads the clock at every get, so that a held clock counts.
      ttlResolution: 0,
      ...(clock === undefined ? {} : { perf: { now: () => clock.monotonicMs() } }),
    });
  }

  /** `ttlMs` may be shorter for a single value, e.g. what became known to end soon. */
  async get(key: string, compute: () => Promise<V>, ttlMs?: number): Promise<V> {
    const known = this.values.get(key);
    if (known !== undefined) {
      this.options.onLookup?.('hit');
      return known;
    }
    const sharing = this.running.get(key);
    if (sharing !== undefined) {
      this.options.onLookup?.('shared');
      return sharing.value;
    }
    this.options.onLookup?.('miss');
    const flight = { current: true };
    const value = this.computeAndKeep(key, compute, flight, ttlMs);
    this.running.set(key, { flight, value });
    return value;
  }

  peek(key: string): V | undefined {
    return this.values.get(key);
  }

  /** Drops the value of the key, and disowns a computation of it that is under way. */
  invalidate(key: string): void {
    this.values.delete(key);
    const computation = this.running.get(key);
    if (computation === undefined) return;
    computation.flight.current = false;
    this.running.delete(key);
  }

  /** Drops all keys that start with `prefix`, e.g. all of a user. Walks all keys: not for every request. */
  invalidatePrefix(prefix: string): void {
    for (const key of [...this.values.keys(), ...this.running.keys()]) if (key.startsWith(prefix)) this.invalidate(key);
  }

  clear(): void {
    this.invalidatePrefix('');
  }

  get size(): number {
    return this.values.size;
  }

  private async computeAndKeep(
    key: string,
    compute: () => Promise<V>,
    flight: Flight,
    ttlMs: number | undefined,
  ): Promise<V> {
    // By the next turn `running` holds this computation, however soon `compute` ends.
    await Promise.resolve();
    try {
      const value = await compute();
      if (flight.current) this.values.set(key, value, ttlMs === undefined ? {} : { ttl: ttlMs });
      return value;
    } finally {
      if (flight.current) this.running.delete(key);
    }
  }
}
