import { Injectable } from '@nestjs/common';
import type { changeEmail, Static } from '#contracts';
import { invalid, notFound } from '#kernel';
import { callerId, type RpcContext } from '#messaging';
import { type Tx, UnitOfWork } from '#persistence';
import type { AccountEntity } from '../accounts/account.entity.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { AuditLogRepository } from '../audit/audit-log.repository.js';
import { MailAllowance } from '../mail/mail-allowance.js';
import { MailLinks } from '../mail/mail-links.js';
import { OutgoingMail } from '../mail/outgoing-mail.js';
import { ReauthenticationService } from '../passwords/reauthentication.service.js';
import { AnswerFloor } from '../sign-in/answer-floor.js';
import { tidy } from '../tidy.js';
import { MailTokens } from './mail-tokens.js';

/** A new address counts from the moment somebody took the letter sent to it; until then the old one does. */
@Injectable()
export class EmailChangeService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly reauthentication: ReauthenticationService,
    private readonly tokens: MailTokens,
    private readonly allowance: MailAllowance,
    private readonly mail: OutgoingMail,
    private readonly links: MailLinks,
    private readonly floor: AnswerFloor,
    private readonly audit: AuditLogRepository,
  ) {}

  async request(
    request: Static<typeof changeEmail.request>,
    context: RpcContext,
  ): Promise<Static<typeof changeEmail.response>> {
    const account = await this.accounts.findById(callerId(context));
    if (account === null) throw notFound('The account');
    const { new_email: wanted } = tidy({ new_email: request.new_email });
    if (wanted.toLowerCase() === account.email.toLowerCase()) {
      throw invalid([{ field: 'new_email', message: 'is the address you have, give another' }]);
    }
    await this.reauthentication.require(account, request.current_password, context);
    // Whoever has the other address is not told to the one who asks, only to its owner.
    return this.floor.hold(async () => {
      await this.allowance.take('link', wanted, context.clientAddress, account.id);
      const taken = (await this.accounts.findByEmail(wanted)) !== null;
      await this.unitOfWork.run(async (tx) => {
        if (taken) await this.tellOwner(tx, wanted, context);
        else await this.ask(tx, account, wanted, context);
        await this.audit.append(tx, { action: 'email.change-requested', userId: account.id }, context);
      });
      return { status: 'verification_sent' };
    });
  }

  private tellOwner(tx: Tx, address: string, context: RpcContext): Promise<void> {
    const values = this.links.page('signIn');
    return this.mail.send(tx, { kind: 'account_exists', address, userId: null, values }, context.requestId);
  }

  private async ask(tx: Tx, { id: userId }: AccountEntity, email: string, context: RpcContext): Promise<void> {
    const { token, expiresAt } = await this.tokens.issue(tx, { userId, purpose: 'change_email', email });
    const values = this.links.withToken('verifyEmail', token);
    await this.mail.send(tx, { kind: 'change_email', address: email, userId, values, expiresAt }, context.requestId);
  }
}
