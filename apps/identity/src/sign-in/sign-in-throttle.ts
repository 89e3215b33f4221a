import { Inject, Injectable } from '@nestjs/common';
import { AppError, type Clock } from '#kernel';
import { type Tx, UnitOfWork } from '#persistence';
import { CLOCK } from '#platform';
import type { IdentityOwnSettings } from '../config.js';
import { IdentitySecrets } from '../secrets/identity-secrets.js';
import { SETTINGS } from '../tokens.js';
import { addressGroup } from './domain/address-group.js';
import { nextTryAt, recentFailures, THROTTLE_WINDOW_MS, type ThrottlePolicy } from './domain/throttle.js';
import { ThrottleRepository } from './throttle.repository.js';

/** A try that was let through and counts as failed until it is taken back. */
export interface CountedTry {
  at: Date;
  account: Buffer;
  address: Buffer | undefined;
}

interface Guarded {
  key: Buffer;
  policy: ThrottlePolicy;
}

/**
 * Counts tries exactly, over all replicas: a try is written down as failed before the password is looked at and taken
 * back when it was right, so a hundred at once cannot all find the counter at zero.
 */
@Injectable()
export class SignInThrottle {
  private readonly perAccount: ThrottlePolicy;
  private readonly perAddress: ThrottlePolicy;

  constructor(
    @Inject(SETTINGS) settings: IdentityOwnSettings,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly secrets: IdentitySecrets,
    private readonly unitOfWork: UnitOfWork,
    private readonly throttles: ThrottleRepository,
  ) {
    const delays = { firstDelayMs: settings.SIGN_IN_FIRST_DELAY, maxDelayMs: settings.SIGN_IN_MAX_DELAY };
    this.perAccount = {
      ...delays,
      freeFailures: settings.SIGN_IN_FREE_FAILURES,
      maxFailuresPerHour: settings.SIGN_IN_MAX_FAILURES_PER_HOUR,
    };
    this.perAddress = {
      ...delays,
      freeFailures: settings.SIGN_IN_FREE_FAILURES_PER_ADDRESS,
      maxFailuresPerHour: settings.SIGN_IN_MAX_FAILURES_PER_HOUR_PER_ADDRESS,
    };
  }

  /**
   * Lets one try through or throws `TOO_MANY_ATTEMPTS`. `account` names what is guessed at (it need not exist).
   * `knownAddress`: the account signed in from there before; such an address has a counter of its own, so that
   * strangers who fail on purpose do not lock the owner out.
   */
  begin(account: string, address: string | undefined, knownAddress: boolean): Promise<CountedTry> {
    const at = this.clock.now();
    const accountKey = knownAddress ? `account:${account}|${address ?? ''}` : `account:${account}`;
    const counted: CountedTry = {
      at,
      account: this.secrets.hmac('throttle', accountKey),
      address: address === undefined ? undefined : this.secrets.hmac('throttle', `address:${addressGroup(address)}`),
    };
    return this.unitOfWork.run(async (tx) => {
      const guards = this.guardsOf(counted);
      const failures = new Map<Guarded, number[]>();
      for (const guard of guards) {
        const recent = recentFailures({ failures: await this.throttles.lock(tx, guard.key, at) }, at.getTime());
        const waitMs = nextTryAt({ failures: recent }, guard.policy, at.getTime()) - at.getTime();
        if (waitMs > 0) throw tooManyAttempts(waitMs);
        failures.set(guard, recent);
      }
      for (const [guard, recent] of failures) await this.throttles.store(tx, guard.key, [...recent, at.getTime()]);
      await this.throttles.sweep(tx, new Date(at.getTime() - THROTTLE_WINDOW_MS));
      return counted;
    });
  }

  /** The password was right: the account starts anew, the address loses only this one (it may be guessing elsewhere). */
  async succeeded(tx: Tx, counted: CountedTry): Promise<void> {
    for (const { key } of this.guardsOf(counted)) {
      if (key === counted.account) await this.throttles.clear(tx, key);
      else await this.throttles.remove(tx, key, counted.at);
    }
  }

  /** Always in the same order, see the repository. */
  private guardsOf(counted: CountedTry): Guarded[] {
    const guards: Guarded[] = [{ key: counted.account, policy: this.perAccount }];
    if (counted.address !== undefined) guards.push({ key: counted.address, policy: this.perAddress });
    return guards.sort((a, b) => Buffer.compare(a.key, b.key));
  }
}

const tooManyAttempts = (waitMs: number): AppError =>
  new AppError({
    code: 'TOO_MANY_ATTEMPTS',
    kind: 'rate-limited',
    message: `Too many failed attempts. Try again in ${Math.ceil(waitMs / 1000)} s.`,
    retryAfterMs: waitMs,
  });
