import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '#kernel';
import { type Tx, UnitOfWork } from '#persistence';
import { CLOCK } from '#platform';
import type { IdentityOwnSettings } from '../config.js';
import { IdentitySecrets } from '../secrets/identity-secrets.js';
import { SETTINGS } from '../tokens.js';
import { addressGroup } from './domain/address-group.js';
import type { ThrottlePolicy } from './domain/throttle.js';
import { type Guarded, Throttle } from './throttle.js';
import { ThrottleRepository } from './throttle.repository.js';

interface Keys {
  account: Buffer;
  address: Buffer | undefined;
}

/** A try that was let through and counts as failed until it is taken back. */
export interface CountedTry extends Keys {
  at: Date;
  /** Failures of the last hour at this account, this one included. */
  failures: number;
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
    private readonly throttle: Throttle,
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
    const counted = {
      at,
      account: this.secrets.hmac('throttle', accountKey),
      address: address === undefined ? undefined : this.secrets.hmac('throttle', `address:${addressGroup(address)}`),
    };
    return this.unitOfWork.run(async (tx) => ({
      ...counted,
      failures: await this.throttle.count(tx, this.guardsOf(counted), at),
    }));
  }

  /** The password was right: the account starts anew, the address loses only this one (it may be guessing elsewhere). */
  async succeeded(tx: Tx, counted: CountedTry): Promise<void> {
    // In the order of the keys, as they are locked everywhere.
    const keys = this.guardsOf(counted)
      .map(({ key }) => key)
      .sort((a, b) => Buffer.compare(a, b));
    for (const key of keys) {
      if (key === counted.account) await this.throttles.clear(tx, key);
      else await this.throttles.remove(tx, key, counted.at);
    }
  }

  /** The owner of the address proved himself in another way: earlier failures no longer count against him. */
  async forgive(tx: Tx, account: string): Promise<void> {
    await this.throttles.clear(tx, this.secrets.hmac('throttle', `account:${account.toLowerCase()}`));
  }

  private guardsOf(keys: Keys): [Guarded, ...Guarded[]] {
    const account = { key: keys.account, policy: this.perAccount };
    return keys.address === undefined ? [account] : [account, { key: keys.address, policy: this.perAddress }];
  }
}
