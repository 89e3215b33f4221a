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
  /** Keys held at most (about 250 bytes each); the least recently seen is forgotten, which frees its window. */
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
  private readonly windows: LRUCache<string, SlidingWindow>;
  private readonly clock: Pick<Clock, 'monotonicMs'>;
  /** Admitted since the last export, by window key. */
  private readonly pending = new Map<string, LimitDelta>();

  constructor({ clock = systemClock, maxKeys = 50_000 }: RateLimiterOptions = {}) {
    this.clock = clock;
    this.windows = new LRUCache({ max: maxKeys, dispose: (_window, id) => this.pending.delete(id) });
  }

  take(key: string, limit: number, windowMs: number): LimitDecision {
    return this.takeAll(key, [{ limit, windowMs }]);
  }

  /** Counts in all windows, or, when one of them is full, in none. */
  takeAll(key: string, rules: readonly LimitRule[]): LimitDecision {
    const now = this.clock.monotonicMs();
    const states = rules.map((rule) => {
      const window = this.window(key, rule.windowMs, now);
      return { rule, window, used: window.used(now) };
    });
    const allowed = states.every(({ rule, used }) => used < rule.limit);
    if (allowed) for (const { rule, window } of states) this.count(key, rule.windowMs, window, now);
    return states
      .map(({ rule, window, used }): LimitDecision => {
        const counted = allowed ? used + 1 : used;
        const over = counted + 1 - rule.limit;
        return {
          allowed,
          limit: rule.limit,
          remaining: Math.max(0, rule.limit - counted),
          resetMs: over > 0 ? Math.ceil(window.freeIn(now, over)) : 0,
        };
      })
      .reduce((tightest, each) => (isTighter(each, tightest) ? each : tightest), {
        allowed,
        limit: Number.MAX_SAFE_INTEGER,
        remaining: Number.MAX_SAFE_INTEGER,
        resetMs: 0,
      });
  }

  /** What to tell the other replicas; empties the list. */
  exportDeltas(): LimitDelta[] {
    const deltas = [...this.pending.values()];
    this.pending.clear();
    return deltas;
  }

  /** Counts what another replica admitted, from now on: heard late, it counts longer. */
  applyDeltas(deltas: readonly LimitDelta[]): void {
    const now = this.clock.monotonicMs();
    for (const { key, windowMs, hits } of deltas) {
      this.window(key, windowMs, now).add(now, hits);
    }
  }

  get keys(): number {
    return this.windows.size;
  }

  private count(key: string, windowMs: number, window: SlidingWindow, now: number): void {
    window.add(now, 1);
    const id = windowId(key, windowMs);
    const pending = this.pending.get(id);
    if (pending === undefined) this.pending.set(id, { key, windowMs, hits: 1 });
    else pending.hits += 1;
  }

  private window(key: string, windowMs: number, now: number): SlidingWindow {
    const id = windowId(key, windowMs);
    const known = this.windows.get(id);
    if (known !== undefined) return known;
    const fresh = new SlidingWindow(windowMs, now);
    this.windows.set(id, fresh);
    return fresh;
  }
}

const windowId = (key: string, windowMs: number): string => `${windowMs}:${key}`;

const isTighter = (a: LimitDecision, b: LimitDecision): boolean =>
  a.remaining < b.remaining || (a.remaining === b.remaining && a.resetMs > b.resetMs);
