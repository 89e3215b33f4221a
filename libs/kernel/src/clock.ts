/** Time as a dependency, so that tests can hold it. */
export interface Clock {
  /** Wall-clock time. May jump; use for what people see and what is stored. */
  now(): Date;
  /** Milliseconds that only ever grow; use for durations, deadlines and limits. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
};
