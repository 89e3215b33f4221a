import { Inject, Injectable } from '@nestjs/common';
import { AppError, invalid, notFound } from '#kernel';
import { callerId, type RpcContext } from '#messaging';
import { Database, UnitOfWork } from '#persistence';
import { AccountRepository } from '../accounts/account.repository.js';
import { AuditLogRepository } from '../audit/audit-log.repository.js';
import type { IdentityOwnSettings } from '../config.js';
import { OutgoingMail } from '../mail/outgoing-mail.js';
import { SecondFactorRepository } from '../mfa/second-factor.repository.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { PendingSteps } from '../sign-in/pending-steps.js';
import { SETTINGS } from '../tokens.js';
import { COMMON_PASSWORDS } from './common-passwords.js';
import {
  normalisePassword,
  PASSWORD_MIN,
  PASSWORD_MIN_ALONE,
  type PasswordOwner,
  passwordProblem,
} from './domain/password-policy.js';
import { PasswordHasher } from './password-hasher.js';
import { ReauthenticationService } from './reauthentication.service.js';

@Injectable()
export class PasswordsService {
  constructor(
    @Inject(SETTINGS) private readonly settings: IdentityOwnSettings,
    private readonly database: Database,
    private readonly factors: SecondFactorRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly sessions: SessionsService,
    private readonly steps: PendingSteps,
    private readonly reauthentication: ReauthenticationService,
    private readonly mail: OutgoingMail,
    private readonly hasher: PasswordHasher,
    private readonly audit: AuditLogRepository,
  ) {}

  /** Hash of a password that keeps the policy; else a 422 that names `field`. */
  async hashNew(field: string, password: string, owner: OwnerOfNew, signal?: AbortSignal): Promise<string> {
    await this.check(field, password, owner);
    return this.hasher.hash(normalisePassword(password), signal);
  }

  /** Ends every other session of the account, and sign-ins half done; the session that asks goes on. */
  async change(
    request: { current_password: string; new_password: string },
    context: RpcContext,
  ): Promise<{ sessionsRevoked: number }> {
    const account = await this.accounts.findById(callerId(context));
    if (account === null) throw notFound('The account');
    await this.check('new_password', request.new_password, account);
    if (normalisePassword(request.new_password) === normalisePassword(request.current_password)) {
      throw invalid([{ field: 'new_password', message: 'is the password you have, choose another' }]);
    }
    // An account that has none gets its first password through the mailbox (reset).
    if (account.passwordHash === null) {
      throw invalid([
        { field: 'current_password', message: 'the account has none; set one with POST /auth/forgot-password' },
      ]);
    }
    await this.reauthentication.require(account, request.current_password, context);
    const passwordHash = await this.hasher.hash(normalisePassword(request.new_password), context.signal);
    return this.unitOfWork.run(async (tx) => {
      const locked = await this.accounts.lock(tx, account.id);
      if (locked?.passwordHash !== account.passwordHash) throw changedMeanwhile();
      await this.accounts.update(tx, account.id, { passwordHash, passwordOneTime: false });
      const except = context.caller?.session_id;
      const sessionsRevoked = await this.sessions.revoke(
        tx,
        { userId: account.id, except },
        'password-change',
        context,
      );
      await this.steps.dropAllOf(tx, account.id);
      await this.mail.notify(tx, locked, 'password_changed', context);
      await this.audit.append(
        tx,
        { action: 'password.changed', userId: account.id, detail: { sessions_revoked: sessionsRevoked } },
        context,
      );
      return { sessionsRevoked };
    });
  }

  private async check(field: string, password: string, owner: OwnerOfNew): Promise<void> {
    const problem = passwordProblem(password, owner, COMMON_PASSWORDS, await this.leastFor(owner));
    if (problem !== undefined) throw invalid([{ field, message: problem }]);
  }

  private async leastFor({ id }: OwnerOfNew): Promise<number> {
    if (!this.settings.PASSWORDS_STRICT) return PASSWORD_MIN;
    const isAlone = id === undefined || !(await this.factors.statusOf(this.database, id)).isOn;
    return isAlone ? PASSWORD_MIN_ALONE : PASSWORD_MIN;
  }
}

/** `id` where there is an account already, which may have a second factor. */
type OwnerOfNew = PasswordOwner & { id?: string };

const changedMeanwhile = (): AppError =>
  new AppError({
    code: 'STALE_VERSION',
    kind: 'conflict',
    message: 'The password was changed at the same moment by somebody else.',
  });
