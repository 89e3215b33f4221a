import { Injectable } from '@nestjs/common';
import { AppError } from '#kernel';
import type { Tx } from '#persistence';
import { nextTryAt, recentFailures, THROTTLE_WINDOW_MS, type ThrottlePolicy } from './domain/throttle.js';
import { ThrottleRepository } from './throttle.repository.js';

export interface Guarded {
  key: Buffer;
  policy: ThrottlePolicy;
}

/** Counts tries exactly, over all replicas: each is written down before anything is tried. */
@Injectable()
export class Throttle {
  constructor(private readonly throttles: ThrottleRepository) {}

  /**
   * Lets one try through all guards or throws `TOO_MANY_ATTEMPTS`; answers how many the first of them has counted by now.
   */
  async count(tx: Tx, guards: readonly [Guarded, ...Guarded[]], at: Date): Promise<number> {
    const keys = inLockingOrder(guards.map(({ key }) => key));
    const failures = await this.throttles.lock(tx, keys, at);
    const now = at.getTime();
    for (const { key, policy } of guards) {
      const waitMs = nextTryAt({ failures: failuresOf(failures, key) }, policy, now) - now;
      if (waitMs > 0) throw tooManyAttempts(waitMs);
    }
    await this.throttles.note(tx, keys, at, new Date(now - THROTTLE_WINDOW_MS));
    return recentFailures({ failures: failuresOf(failures, guards[0].key) }, now).length + 1;
  }
}

const failuresOf = (failures: ReadonlyMap<string, number[]>, key: Buffer): number[] =>
  failures.get(key.toString('hex')) ?? [];

/** The same for everybody, so that two tries never wait for each other in a ring. */
const inLockingOrder = (keys: readonly Buffer[]): Buffer[] => [...keys].sort((a, b) => Buffer.compare(a, b));

const tooManyAttempts = (waitMs: number): AppError =>
  new AppError({
    code: 'TOO_MANY_ATTEMPTS',
    kind: 'rate-limited',
    message: `Too many attempts. Try again in ${Math.ceil(waitMs / 1000)} s.`,
    retryAfterMs: waitMs,
  });
