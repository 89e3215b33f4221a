import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '#kernel';
import { UnitOfWork } from '#persistence';
import { CLOCK } from '#platform';
import type { IdentityOwnSettings } from '../config.js';
import { IdentitySecrets } from '../secrets/identity-secrets.js';
import { addressGroup } from '../sign-in/domain/address-group.js';
import { type Guarded, Throttle } from '../sign-in/throttle.js';
import { SETTINGS } from '../tokens.js';

/**
 * How many letters strangers may make us write: per mailbox and per client, counted whether or not there is an account,
 * so that the refusal says nothing either.
 */
@Injectable()
export class MailAllowance {
  constructor(
    @Inject(SETTINGS) private readonly settings: IdentityOwnSettings,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly unitOfWork: UnitOfWork,
    private readonly throttle: Throttle,
    private readonly secrets: IdentitySecrets,
  ) {}

  /** `use`: kinds of letters count for themselves, so that one flow cannot shut another. */
  async take(use: 'code' | 'link', email: string, clientAddress: string | undefined): Promise<void> {
    const mailbox = this.guard(`mail-${use}:${email.toLowerCase()}`, this.settings.MAILS_PER_HOUR_AND_MAILBOX);
    const guards: [Guarded, ...Guarded[]] = [mailbox];
    if (clientAddress !== undefined) {
      const key = `mail-from:${addressGroup(clientAddress)}`;
      guards.push(this.guard(key, this.settings.MAILS_PER_HOUR_AND_ADDRESS));
    }
    await this.unitOfWork.run((tx) => this.throttle.count(tx, guards, this.clock.now()));
  }

  private guard(key: string, perHour: number): Guarded {
    // No growing wait: so many in an hour, then none.
    const policy = {
      freeFailures: Number.POSITIVE_INFINITY,
      firstDelayMs: 0,
      maxDelayMs: 0,
      maxFailuresPerHour: perHour,
    };
    return { key: this.secrets.hmac('throttle', key), policy };
  }
}
