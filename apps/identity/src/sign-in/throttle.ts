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
    const counted = new Map<Guarded, number[]>();
    for (const guard of inLockingOrder(guards)) {
      const recent = recentFailures({ failures: await this.throttles.lock(tx, guard.key, at) }, at.getTime());
      const waitMs = nextTryAt({ failures: recent }, guard.policy, at.getTime()) - at.getTime();
      if (waitMs > 0) throw tooManyAttempts(waitMs);
      counted.set(guard, [...recent, at.getTime()]);
    }
    for (const [guard, failures] of counted) await this.throttles.store(tx, guard.key, failures);
    await this.throttles.sweep(tx, new Date(at.getTime() - THROTTLE_WINDOW_MS));
    return counted.get(guards[0])?.length ?? 0;
  }
}

/** The same for everybody, so that two tries never wait for each other in a ring. */
const inLockingOrder = (guards: readonly Guarded[]): Guarded[] =>
  [...guards].sort((a, b) => Buffer.compare(a.key, b.key));

const tooManyAttempts = (waitMs: number): AppError =>
  new AppError({
    code: 'TOO_MANY_ATTEMPTS',
    kind: 'rate-limited',
    message: `Too many attempts. Try again in ${Math.ceil(waitMs / 1000)} s.`,
    retryAfterMs: waitMs,
  });
