/**
 * One replica of a service leads; only it fires schedules. The implementation (a PostgreSQL advisory lock, a Kubernetes
 * Lease) may lose the lead at any time, so leading is an interval, not a fact: work gets a signal that fires when it is
 * over, and only enqueues (the deterministic id of a slot makes a second leader harmless).
 */
export abstract class Leadership {
  abstract readonly isLeader: boolean;

  /** Runs `work` if this replica leads now and answers its result; `undefined` otherwise. */
  abstract whileLeader<T>(work: (lost: AbortSignal) => Promise<T>): Promise<T | undefined>;

  /** Calls back at once when leading already, and at every later election of this replica. */
  abstract onElected(listener: (lost: AbortSignal) => void): void;
}

/** For a process that is alone by construction (standalone, tests). */
export class AlwaysLeader extends Leadership {
  readonly isLeader = true;
  private readonly never = new AbortController();

  whileLeader<T>(work: (lost: AbortSignal) => Promise<T>): Promise<T | undefined> {
    return work(this.never.signal);
  }

  onElected(listener: (lost: AbortSignal) => void): void {
    listener(this.never.signal);
  }
}
