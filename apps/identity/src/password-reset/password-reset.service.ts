import { Injectable } from '@nestjs/common';
import type { requestPasswordReset, resetPassword, startPasswordReset, Static } from '#contracts';
import { conflict, notFound } from '#kernel';
import type { RpcContext } from '#messaging';
import { type Tx, UnitOfWork } from '#persistence';
import type { AccountEntity } from '../accounts/account.entity.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { AddressProof } from '../accounts/address-proof.js';
import { requireAdminInPerson } from '../accounts/user-access.service.js';
import { AuditLogRepository } from '../audit/audit-log.repository.js';
import { MailAllowance } from '../mail/mail-allowance.js';
import { MailLinks } from '../mail/mail-links.js';
import { OutgoingMail } from '../mail/outgoing-mail.js';
import { invalidToken, MailTokens } from '../mail-verification/mail-tokens.js';
import { PasswordsService } from '../passwords/passwords.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { AnswerFloor } from '../sign-in/answer-floor.js';
import { PendingSteps } from '../sign-in/pending-steps.js';
import { SignInThrottle } from '../sign-in/sign-in-throttle.js';

@Injectable()
export class PasswordResetService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly proof: AddressProof,
    private readonly passwords: PasswordsService,
    private readonly sessions: SessionsService,
    private readonly throttle: SignInThrottle,
    private readonly tokens: MailTokens,
    private readonly allowance: MailAllowance,
    private readonly mail: OutgoingMail,
    private readonly links: MailLinks,
    private readonly floor: AnswerFloor,
    private readonly steps: PendingSteps,
    private readonly audit: AuditLogRepository,
  ) {}

  /** Whoever asks learns nothing about who has an account, neither by the answer nor by its time. */
  request(
    { email }: Static<typeof requestPasswordReset.request>,
    context: RpcContext,
  ): Promise<Static<typeof requestPasswordReset.response>> {
    return this.floor.hold(async () => {
      await this.allowance.take('link', email, context.clientAddress);
      const account = await this.accounts.findByEmail(email);
      await this.unitOfWork.run(async (tx) => {
        const addressee = account?.blockedAt === null ? account : undefined;
        if (addressee !== undefined) await this.write(tx, addressee, context);
        await this.audit.append(tx, { action: 'password.reset-requested', userId: addressee?.id ?? null }, context);
      });
      return { status: 'accepted' };
    });
  }

  /** Ends nothing by itself: password and sessions stay until the person sets another. The admin never sees the token. */
  async start(
    { user_id: userId }: Static<typeof startPasswordReset.request>,
    context: RpcContext,
  ): Promise<Static<typeof startPasswordReset.response>> {
    const actorId = requireAdminInPerson(context, 'start a password reset');
    const { email } = resettable(await this.accounts.findById(userId));
    await this.allowance.take('link', email, context.clientAddress);
    return this.unitOfWork.run(async (tx) => {
      await this.write(tx, resettable(await this.accounts.lock(tx, userId)), context, { by: 'admin' });
      const note = { action: 'password.reset-requested' as const, userId, actorId, detail: { by: 'admin' } };
      await this.audit.append(tx, note, context);
      return { status: 'accepted' };
    });
  }

  /**
   * Ends every session, and sign-ins half done: whoever had the old password is out. The second factor stays: a mailbox
   * is one factor.
   */
  async reset(
    { token, new_password }: Static<typeof resetPassword.request>,
    context: RpcContext,
  ): Promise<Static<typeof resetPassword.response>> {
    const { userId } = await this.tokens.read(token, 'reset_password');
    const owner = await this.accounts.findById(userId);
    if (owner === null) throw invalidToken();
    // A password that is refused does not use the token up.
    const passwordHash = await this.passwords.hashNew('new_password', new_password, owner, context.signal);
    return this.unitOfWork.run(async (tx) => {
      const locked = await this.accounts.lock(tx, userId);
      const { email } = await this.tokens.take(tx, token, 'reset_password');
      if (locked === null || locked.blockedAt !== null) throw invalidToken();
      if (locked.email.toLowerCase() !== email.toLowerCase()) throw invalidToken();
      const sessions_revoked = await this.sessions.revoke(tx, { userId }, 'password-change', context);
      const account = await this.proof.given(tx, locked, context);
      await this.accounts.update(tx, userId, { passwordHash, passwordOneTime: false });
      await this.steps.dropAllOf(tx, userId);
      await this.throttle.forgive(tx, account.email);
      await this.mail.notify(tx, account, 'password_changed', context);
      await this.audit.append(tx, { action: 'password.reset', userId, detail: { sessions_revoked } }, context);
      return { status: 'password_reset', sessions_revoked };
    });
  }

  private async write(
    tx: Tx,
    { id: userId, email }: AccountEntity,
    context: RpcContext,
    more: Record<string, string> = {},
  ): Promise<void> {
    const { token, expiresAt } = await this.tokens.issue(tx, { userId, purpose: 'reset_password', email });
    const values = { ...this.links.withToken('resetPassword', token), ...more };
    await this.mail.send(tx, { kind: 'reset_password', address: email, userId, values, expiresAt }, context.requestId);
  }
}

/** Whose password an admin may have set anew: somebody's who signs in with one, and is let in. */
function resettable(account: AccountEntity | null): AccountEntity {
  if (account === null) throw notFound('The user');
  if (account.blockedAt !== null) throw conflict('CONFLICT', 'This account is blocked; unblock it first.');
  if (account.passwordHash !== null) return account;
  throw conflict('CONFLICT', 'This account has no password: its owner signs in another way.');
}
