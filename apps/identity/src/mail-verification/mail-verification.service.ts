import { Inject, Injectable } from '@nestjs/common';
import type { resendVerification, Static, verifyEmail } from '#contracts';
import { type Clock, conflict, notFound } from '#kernel';
import { callerId, type RpcContext } from '#messaging';
import { isUniqueViolation, type Tx, UnitOfWork } from '#persistence';
import { CLOCK } from '#platform';
import type { AccountEntity } from '../accounts/account.entity.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { AuditLogRepository } from '../audit/audit-log.repository.js';
import { MailAllowance } from '../mail/mail-allowance.js';
import { MailLinks } from '../mail/mail-links.js';
import { OutgoingMail } from '../mail/outgoing-mail.js';
import type { MailTokenRow } from './mail-token.repository.js';
import { MailTokenRepository } from './mail-token.repository.js';
import { invalidToken, MailTokens } from './mail-tokens.js';

/** Proof that somebody reads the mailbox he gave. */
@Injectable()
export class MailVerificationService {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly unitOfWork: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly tokens: MailTokens,
    private readonly tokenRows: MailTokenRepository,
    private readonly allowance: MailAllowance,
    private readonly mail: OutgoingMail,
    private readonly links: MailLinks,
    private readonly audit: AuditLogRepository,
  ) {}

  /** The letter that asks to confirm an address. */
  async ask(tx: Tx, account: Pick<AccountEntity, 'id' | 'email'>, requestId?: string): Promise<void> {
    const { id: userId, email } = account;
    const { token, expiresAt } = await this.tokens.issue(tx, { userId, purpose: 'verify_email', email });
    const values = this.links.withToken('verifyEmail', token);
    await this.mail.send(tx, { kind: 'verify_email', address: email, userId, values, expiresAt }, requestId);
  }

  async resend(context: RpcContext): Promise<Static<typeof resendVerification.response>> {
    const account = await this.accounts.findById(callerId(context));
    if (account === null) throw notFound('The account');
    if (account.emailVerifiedAt !== null) return { status: 'already_verified' };
    await this.allowance.take('link', account.email, context.clientAddress);
    await this.unitOfWork.run((tx) => this.ask(tx, account, context.requestId));
    return { status: 'verification_sent' };
  }

  /** Takes the token of a new account, or of a change of address. */
  async verify(token: string, context: RpcContext): Promise<Static<typeof verifyEmail.response>> {
    const { userId } = await this.tokens.read(token, 'verify_email', 'change_email');
    try {
      return await this.unitOfWork.run(async (tx) => {
        const account = await this.accounts.lock(tx, userId);
        const row = await this.tokens.take(tx, token, 'verify_email', 'change_email');
        if (account === null) throw invalidToken();
        return row.purpose === 'change_email'
          ? await this.changeTo(tx, account, row, context)
          : await this.confirm(tx, account, row, context);
      });
    } catch (error) {
      if (!isUniqueViolation(error, 'account_email')) throw error;
      // Whoever reads this proved that the mailbox is his, so he may know.
      throw conflict('EMAIL_ALREADY_REGISTERED', 'Another account has this e-mail address by now.');
    }
  }

  private async confirm(
    tx: Tx,
    account: AccountEntity,
    { email }: MailTokenRow,
    context: RpcContext,
  ): Promise<Static<typeof verifyEmail.response>> {
    if (email.toLowerCase() !== account.email.toLowerCase()) throw invalidToken();
    const emailVerifiedAt = account.emailVerifiedAt ?? this.clock.now();
    await this.accounts.update(tx, account.id, { emailVerifiedAt });
    await this.audit.append(tx, { action: 'email.verified', userId: account.id }, context);
    return { status: 'verified' };
  }

  private async changeTo(
    tx: Tx,
    account: AccountEntity,
    { email }: MailTokenRow,
    context: RpcContext,
  ): Promise<Static<typeof verifyEmail.response>> {
    await this.accounts.update(tx, account.id, { email, emailVerifiedAt: this.clock.now() });
    // Letters that still wait in the old mailbox must not open the account any more.
    await this.tokenRows.dropAllOf(tx, account.id);
    await this.mail.notify(tx, account, 'email_changed', context);
    await this.audit.append(tx, { action: 'email.changed', userId: account.id }, context);
    return { status: 'email_changed' };
  }
}
