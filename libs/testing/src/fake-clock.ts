import type { Clock } from '#kernel';

export interface FakeClock extends Clock {
  advance(milliseconds: number): void;
  /** Moves what people see and not what durations are measured by: a clock that was set. */
  jumpTo(time: Date): void;
}

export function fakeClock(start: Date | string = '2026-03-02T09:00:00Z'): FakeClock {
  let wall = new Date(start).getTime();
  let monotonic = 0;
  return {
    now: () => new Date(wall),
    monotonicMs: () => monotonic,
    advance: (milliseconds) => {
      if (milliseconds < 0) throw new Error('time advances; use jumpTo for a clock that was set back');
      wall += milliseconds;
      monotonic += milliseconds;
    },
    jumpTo: (time) => {
      wall = time.getTime();
    },
  };
}
