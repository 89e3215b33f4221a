import { LRUCache } from 'lru-cache';
import { type Clock, systemClock } from '#kernel';
import { SlidingWindow } from './sliding-window.js';

export interface LimitRule {
  limit: number;
  windowMs: number;
}

export interface LimitDecision {
  allowed: boolean;
  /** The rule closest to its bound: what headers show. */
  limit: number;
  remaining: number;
  /** Milliseconds until one more request is admitted (0 when one is now). */
  resetMs: number;
}

/** Hits this replica admitted since the last export. No times: every process has its own monotonic clock. */
export interface LimitDelta {
  key: string;
  windowMs: number;
  hits: number;
}

export interface RateLimiterOptions {
  clock?: Pick<Clock, 'monotonicMs'>;
  /** Keys held at most (about 250 bytes per window); the least recently seen is forgotten, which frees its windows. */
  maxKeys?: number;
}

/**
 * Sliding windows in memory, shared between replicas by exchanging what each admitted.
 *
 * Alone it never admits more than `limit` in any stretch of `windowMs`. With R replicas that exchange every E ms (and a
 * transit of T), a replica decides on all its own hits and on those of the others that are older than E + T. So in any
 * window all together admit at most `limit` plus what the others admitted within E + T before, and never more than
 * R × `limit`. Refused requests are not counted. Time is monotonic: clock jumps change nothing.
 */
export class RateLimiter {
  private readonly counters: LRUCache<string, Counter[]>;
  private readonly clock: Pick<Clock, 'monotonicMs'>;
  /** Those that admitted something since the last export. */
  private readonly untold = new Set<Counter>();

  constructor({ clock = systemClock, maxKeys = 50_000 }: RateLimiterOptions = {}) {
    this.clock = clock;
    this.counters = new LRUCache({
      max: maxKeys,
      dispose: (forgotten) => {
        for (const counter of forgotten) this.untold.delete(counter);
      },
    });
  }

  take(key: string, limit: number, windowMs: number): LimitDecision {
    return this.takeAll(key, [{ limit, windowMs }]);
  }

  /** Counts in all windows, or, when one of them is full, in none. */
  takeAll(key: string, rules: readonly LimitRule[]): LimitDecision {
    const now = this.clock.monotonicMs();
    const counters = this.countersOf(key);
    let allowed = true;
    for (const { limit, windowMs } of rules) {
      allowed &&= counterOf(counters, key, windowMs, now).window.used(now) < limit;
    }
    let tightest = UNLIMITED;
    for (const { limit, windowMs } of rules) {
      const counter = counterOf(counters, key, windowMs, now);
      if (allowed) this.count(counter, now);
      const used = counter.window.used(now);
      const over = used + 1 - limit;
      const resetMs = over > 0 ? Math.ceil(counter.window.freeIn(now, over)) : 0;
      const decision = { allowed, limit, remaining: Math.max(0, limit - used), resetMs };
      if (isTighter(decision, tightest)) tightest = decision;
    }
    return tightest;
  }

  /** What to tell the other replicas; empties the list. */
  exportDeltas(): LimitDelta[] {
    const deltas: LimitDelta[] = [];
    for (const counter of this.untold) {
      deltas.push({ key: counter.key, windowMs: counter.windowMs, hits: counter.hits });
      counter.hits = 0;
    }
    this.untold.clear();
    return deltas;
  }

  /** Counts what another replica admitted, from now on: heard late, it counts longer. */
  applyDeltas(deltas: readonly LimitDelta[]): void {
    const now = this.clock.monotonicMs();
    for (const { key, windowMs, hits } of deltas) {
      counterOf(this.countersOf(key), key, windowMs, now).window.add(now, hits);
    }
  }

  get keys(): number {
    return this.counters.size;
  }

  private count(counter: Counter, now: number): void {
    counter.window.add(now, 1);
    if (counter.hits === 0) this.untold.add(counter);
    counter.hits += 1;
  }

  private countersOf(key: string): Counter[] {
    const known = this.counters.get(key);
    if (known !== undefined) return known;
    const fresh: Counter[] = [];
    this.counters.set(key, fresh);
    return fresh;
  }
}

/** One window of one key, and what of it the other replicas have not heard. */
interface Counter extends LimitDelta {
  window: SlidingWindow;
}

function counterOf(counters: Counter[], key: string, windowMs: number, now: number): Counter {
  for (const counter of counters) if (counter.windowMs === windowMs) return counter;
  const fresh = { key, windowMs, hits: 0, window: new SlidingWindow(windowMs, now) };
  counters.push(fresh);
  return fresh;
}

const UNLIMITED: LimitDecision = {
  allowed: true,
  limit: Number.MAX_SAFE_INTEGER,
  remaining: Number.MAX_SAFE_INTEGER,
  resetMs: 0,
};

const isTighter = (a: LimitDecision, b: LimitDecision): boolean =>
  a.remaining < b.remaining || (a.remaining === b.remaining && a.resetMs > b.resetMs);
