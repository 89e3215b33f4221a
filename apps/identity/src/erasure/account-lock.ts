import { Inject, Injectable } from '@nestjs/common';
import { UserAccessChangedV1 } from '#contracts';
import type { Clock } from '#kernel';
import { Outbox } from '#messaging';
import type { Tx } from '#persistence';
import { CLOCK } from '#platform';
import { AccountRepository } from '../accounts/account.repository.js';
import { accessValidFrom } from '../accounts/domain/access-valid-from.js';
import { SessionsService } from '../sessions/sessions.service.js';

/** Shuts an account that is to be erased, for everybody at once, and opens it again when that is undone. */
@Injectable()
export class AccountLock {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly accounts: AccountRepository,
    private readonly sessions: SessionsService,
  ) {}

  async close(tx: Tx, userId: string, origin: { requestId: string }): Promise<void> {
    await this.sessions.revoke(tx, { userId }, 'erasure', origin);
    await this.change(tx, userId, true, origin);
  }

  open(tx: Tx, userId: string, origin: { requestId: string }): Promise<void> {
    return this.change(tx, userId, false, origin);
  }

  private async change(tx: Tx, userId: string, blocked: boolean, { requestId }: { requestId: string }): Promise<void> {
    const account = await this.accounts.lock(tx, userId);
    if (account === null || blocked === (account.blockedAt !== null)) return;
    const now = this.clock.now();
    const accessChangedAt = accessValidFrom(now, account.accessChangedAt);
    await this.accounts.update(tx, userId, { blockedAt: blocked ? now : null, accessChangedAt });
    const data = { user_id: userId, roles: account.roles, blocked, valid_from: accessChangedAt.toISOString() };
    await this.outbox.add(tx, UserAccessChangedV1, data, { subject: userId, requestId });
  }
}
