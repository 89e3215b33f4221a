import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '#kernel';
import type { Tx } from '#persistence';
import { CLOCK } from '#platform';
import { AuditLogRepository, type RequestOrigin } from '../audit/audit-log.repository.js';
import { MailTokenRepository } from '../mail-verification/mail-token.repository.js';
import { SecondFactorRepository } from '../mfa/second-factor.repository.js';
import { PasskeyRepository } from '../passkeys/passkey.repository.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { PendingSteps } from '../sign-in/pending-steps.js';
import type { AccountEntity } from './account.entity.js';
import { AccountRepository } from './account.repository.js';

/**
 * Anybody can register an address that is not his and wait for its owner to come. So where the owner proves the mailbox
 * by himself (a code, a reset), everything goes that was attached to the account before: password, sessions,
 * passkeys, and the second factor, which would lock him out of what is his. Once an address is proven, the mailbox removes none of it.
 */
@Injectable()
export class AddressProof {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly accounts: AccountRepository,
    private readonly sessions: SessionsService,
    private readonly mailTokens: MailTokenRepository,
    private readonly steps: PendingSteps,
    private readonly factors: SecondFactorRepository,
    private readonly passkeys: PasskeyRepository,
    private readonly audit: AuditLogRepository,
  ) {}

  /** The account as it is from now on; unchanged where the address was proven before. Called with the account locked. */
  async given(tx: Tx, account: AccountEntity, origin: RequestOrigin): Promise<AccountEntity> {
    if (account.emailVerifiedAt !== null) return account;
    const emailVerifiedAt = this.clock.now();
    // The owner of the installation was not made by a stranger's registration.
    if (account.isOwner) {
      await this.accounts.update(tx, account.id, { emailVerifiedAt });
      return { ...account, emailVerifiedAt };
    }
    const change = { emailVerifiedAt, passwordHash: null, passwordOneTime: false };
    await this.accounts.update(tx, account.id, change);
    await this.mailTokens.dropAllOf(tx, account.id);
    await this.steps.dropAllOf(tx, account.id);
    const hadFactor = await this.factors.drop(tx, account.id);
    const passkeys = await this.passkeys.dropAllOf(tx, account.id);
    const ended = await this.sessions.revoke(tx, { userId: account.id }, 'address-proven', origin);
    const detail = {
      password: account.passwordHash !== null,
      sessions: ended,
      ...(hadFactor ? { second_factor: true } : {}),
      ...(passkeys > 0 ? { passkeys } : {}),
    };
    await this.audit.append(tx, { action: 'account.address-proven', userId: account.id, detail }, origin);
    return { ...account, ...change };
  }
}
