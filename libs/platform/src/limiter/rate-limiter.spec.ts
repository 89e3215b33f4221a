import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type LimitDelta, RateLimiter } from './rate-limiter.js';

const clockAt = (now: number): { now: number; monotonicMs: () => number } => {
  const clock = { now, monotonicMs: (): number => clock.now };
  return clock;
};

/** Most admitted in any stretch of `windowMs`, by a sliding scan over the sorted times. */
function worstStretch(times: readonly number[], windowMs: number): number {
  let worst = 0;
  let from = 0;
  times.forEach((time, index) => {
    while (time - (times[from] ?? time) >= windowMs) from += 1;
    worst = Math.max(worst, index - from + 1);
  });
  return worst;
}

describe('RateLimiter alone', () => {
  it('never admits more than the limit in any stretch of the window', () => {
    const scenario = fc.record({
      gaps: fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: 1, maxLength: 150 }),
      limit: fc.integer({ min: 1, max: 20 }),
      windowMs: fc.constantFrom(1000, 5000, 7001, 60_000),
      start: fc.integer({ min: 0, max: 10_000_000 }),
    });
    fc.assert(
      fc.property(scenario, ({ gaps, limit, windowMs, start }) => {
        const clock = clockAt(start);
        const limiter = new RateLimiter({ clock });
        const admitted = gaps.flatMap((gap) => {
          clock.now += gap;
          return limiter.take('k', limit, windowMs).allowed ? [clock.now] : [];
        });
        expect(worstStretch(admitted, windowMs)).toBeLessThanOrEqual(limit);
      }),
      { numRuns: 100 },
    );
  });

  it('keeps what it promises: after resetMs one more request is admitted, and not a window part earlier', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9000 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 10 }),
        (gaps, limit) => {
          const clock = clockAt(5000);
          const limiter = new RateLimiter({ clock });
          for (const gap of gaps) {
            clock.now += gap;
            const { allowed, resetMs } = limiter.take('k', limit, 60_000);
            if (allowed) continue;
            expect(resetMs).toBeGreaterThan(0);
            expect(resetMs).toBeLessThanOrEqual(65_000);
            clock.now += resetMs - 1;
            expect(limiter.take('k', limit, 60_000).allowed).toBe(false);
            clock.now += 1;
            expect(limiter.take('k', limit, 60_000).allowed).toBe(true);
          }
        },
      ),
    );
  });

  it('counts down, refuses at the bound without counting the refusal, and keeps keys apart', () => {
    const clock = clockAt(0);
    const limiter = new RateLimiter({ clock });
    expect([1, 2, 3].map(() => limiter.take('a', 2, 60_000).remaining)).toEqual([1, 0, 0]);
    for (let i = 0; i < 100; i += 1) limiter.take('a', 2, 60_000);
    expect(limiter.take('b', 2, 60_000).allowed).toBe(true);
    clock.now = 65_000;
    expect(limiter.take('a', 2, 60_000)).toEqual({ allowed: true, limit: 2, remaining: 1, resetMs: 0 });
  });

  it('counts in all windows or in none, and reports the one closest to its bound', () => {
    const clock = clockAt(0);
    const limiter = new RateLimiter({ clock });
    const rules = [
      { limit: 3, windowMs: 60_000 },
      { limit: 4, windowMs: 3_600_000 },
    ];
    for (let i = 0; i < 3; i += 1) expect(limiter.takeAll('k', rules).allowed).toBe(true);
    // Refused by the minute: the hour must not count these.
    for (let i = 0; i < 10; i += 1) expect(limiter.takeAll('k', rules)).toMatchObject({ allowed: false, limit: 3 });
    clock.now = 65_000;
    expect(limiter.takeAll('k', rules)).toMatchObject({ allowed: true, limit: 4, remaining: 0 });
    expect(limiter.takeAll('k', rules)).toMatchObject({ allowed: false, limit: 4 });
  });

  it('holds no more keys than told', () => {
    const limiter = new RateLimiter({ maxKeys: 1000 });
    for (let i = 0; i < 5000; i += 1) limiter.take(`address-${i}`, 5, 60_000);
    expect(limiter.keys).toBe(1000);
    expect(limiter.exportDeltas()).toHaveLength(1000);
  });
});

describe('RateLimiter in replicas', () => {
  interface Admitted {
    replica: number;
    at: number;
  }

  /** Replicas on one time line that hand each other their counts every `everyMs`; news take `transitMs`. */
  function run(
    hits: readonly { gap: number; replica: number }[],
    replicas: number,
    limit: number,
    everyMs: number,
    transitMs: number,
  ) {
    const clock = clockAt(1000);
    const limiters = Array.from({ length: replicas }, () => new RateLimiter({ clock }));
    const post: { at: number; from: number; deltas: LimitDelta[] }[] = [];
    const admitted: Admitted[] = [];
    let nextExchange = clock.now + everyMs;
    const advance = (to: number): void => {
      for (;;) {
        const nextPost = post[0]?.at ?? Infinity;
        const next = Math.min(nextExchange, nextPost);
        if (next > to) break;
        clock.now = next;
        if (next === nextPost) {
          const letter = post.shift();
          limiters.forEach((limiter, replica) => {
            if (letter !== undefined && replica !== letter.from) limiter.applyDeltas(letter.deltas);
          });
        } else {
          limiters.forEach((limiter, from) =>
            post.push({ at: next + transitMs, from, deltas: limiter.exportDeltas() }),
          );
          nextExchange += everyMs;
        }
      }
      clock.now = to;
    };
    for (const { gap, replica } of hits) {
      advance(clock.now + gap);
      const decision = limiters[replica % replicas]?.take('k', limit, 10_000);
      if (decision?.allowed === true) admitted.push({ replica: replica % replicas, at: clock.now });
    }
    return admitted;
  }

  it('overshoots at most by what the others admitted within exchange and transit, and never past replicas × limit', () => {
    const scenario = fc.record({
      hits: fc.array(fc.record({ gap: fc.integer({ min: 0, max: 400 }), replica: fc.nat(3) }), { maxLength: 150 }),
      replicas: fc.integer({ min: 1, max: 4 }),
      limit: fc.integer({ min: 1, max: 15 }),
      everyMs: fc.constantFrom(100, 250, 1000),
      transitMs: fc.integer({ min: 0, max: 90 }),
    });
    fc.assert(
      fc.property(scenario, ({ hits, replicas, limit, everyMs, transitMs }) => {
        const admitted = run(hits, replicas, limit, everyMs, transitMs);
        const seen = admitted.map(({ replica, at }) => {
          const inWindow = admitted.filter((each) => each.at > at - 10_000 && each.at <= at);
          const unseen = inWindow.filter((each) => each.replica !== replica && each.at >= at - everyMs - transitMs);
          return { known: inWindow.length - unseen.length, all: inWindow.length };
        });
        expect(Math.max(0, ...seen.map(({ known }) => known))).toBeLessThanOrEqual(limit);
        expect(Math.max(0, ...seen.map(({ all }) => all))).toBeLessThanOrEqual(replicas * limit);
      }),
      { numRuns: 100 },
    );
  });

  it('shares: a key used up at one replica is refused at the other after the exchange', () => {
    const clock = clockAt(0);
    const [a, b] = [new RateLimiter({ clock }), new RateLimiter({ clock })];
    for (let i = 0; i < 5; i += 1) a.take('k', 5, 60_000);
    const deltas = a.exportDeltas();
    expect(deltas).toEqual([{ key: 'k', windowMs: 60_000, hits: 5 }]);
    expect(a.exportDeltas()).toEqual([]);
    b.applyDeltas(JSON.parse(JSON.stringify(deltas)) as LimitDelta[]);
    expect(b.take('k', 5, 60_000).allowed).toBe(false);
    // What was heard is not told again.
    expect(b.exportDeltas()).toEqual([]);
  });
});
