import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '#kernel';
import { type DailyCap, EVERYBODY, takeFromDay, UnitOfWork } from '#persistence';
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

  /**
   * `use`: kinds of letters count for themselves, so that one flow cannot shut another. `userId`: of who asks for letters
   * to an address that is not his yet.
   */
  async take(use: 'code' | 'link', email: string, clientAddress: string | undefined, userId?: string): Promise<void> {
    const mailbox = this.guard(`mail-${use}:${email.toLowerCase()}`, this.settings.MAILS_PER_HOUR_AND_MAILBOX);
    const guards: [Guarded, ...Guarded[]] = [mailbox];
    if (clientAddress !== undefined) {
      const key = `mail-from:${addressGroup(clientAddress)}`;
      guards.push(this.guard(key, this.settings.MAILS_PER_HOUR_AND_ADDRESS));
    }
    const now = this.clock.now();
    await this.unitOfWork.run(async (tx) => {
      await this.throttle.count(tx, guards, now);
      await takeFromDay(tx, this.capsOf(use, mailbox.key, userId), now);
    });
  }

  private capsOf(use: 'code' | 'link', mailbox: Buffer, userId: string | undefined): DailyCap[] {
    const { settings } = this;
    const perMailbox = settings.MAILS_PER_DAY_AND_MAILBOX;
    const ofAll = use === 'code' ? settings.CODE_MAILS_PER_DAY_OF_ALL : settings.LINK_MAILS_PER_DAY_OF_ALL;
    const kind = `mails with a ${use}`;
    const caps: DailyCap[] = [
      {
        use: `mail-${use}`,
        who: mailbox.toString('hex'),
        limit: perMailbox,
        message: `At most ${perMailbox} ${kind} are sent to one mailbox within 24 hours`,
      },
      {
        use: `mail-${use}`,
        who: EVERYBODY,
        limit: ofAll,
        message: `This installation sends at most ${ofAll} ${kind} within 24 hours`,
      },
    ];
    if (userId === undefined) return caps;
    const message = `At most ${perMailbox} ${kind} may be asked for by one account within 24 hours`;
    return [...caps, { use: `mail-${use}-by`, who: userId, limit: perMailbox, message }];
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
