import { Inject, Injectable } from '@nestjs/common';
import { registerAccount, type RegisterRequest, type Static } from '#contracts';
import { conflict } from '#kernel';
import { Idempotency, type RpcContext } from '#messaging';
import type { Tx } from '#persistence';
import { AuditLogRepository } from '../audit/audit-log.repository.js';
import { HumanCheck } from '../captcha/human-check.js';
import type { IdentityOwnSettings } from '../config.js';
import { MailAllowance } from '../mail/mail-allowance.js';
import { MailLinks } from '../mail/mail-links.js';
import { OutgoingMail } from '../mail/outgoing-mail.js';
import { MailVerificationService } from '../mail-verification/mail-verification.service.js';
import { PasswordsService } from '../passwords/passwords.service.js';
import { IdentitySecrets } from '../secrets/identity-secrets.js';
import { AnswerFloor } from '../sign-in/answer-floor.js';
import { registrationClosed } from '../sign-in/sign-in-completion.js';
import { tidy } from '../tidy.js';
import { SETTINGS } from '../tokens.js';
import { AccountFactory } from './account-factory.js';
import { toUser } from './user-view.js';

type Registered = Static<typeof registerAccount.response>;

@Injectable()
export class RegistrationService {
  constructor(
    @Inject(SETTINGS) private readonly settings: IdentityOwnSettings,
    private readonly idempotency: Idempotency,
    private readonly factory: AccountFactory,
    private readonly passwords: PasswordsService,
    private readonly audit: AuditLogRepository,
    private readonly secrets: IdentitySecrets,
    private readonly verification: MailVerificationService,
    private readonly allowance: MailAllowance,
    private readonly mail: OutgoingMail,
    private readonly links: MailLinks,
    private readonly floor: AnswerFloor,
    private readonly humans: HumanCheck,
  ) {}

  async registerAccount(request: RegisterRequest, context: RpcContext): Promise<Registered> {
    if (this.settings.SINGLE_USER) throw registrationClosed();
    await this.humans.require(request.captcha_token, context.clientAddress);
    if (!this.settings.REGISTRATION_VERIFIES_EMAIL) return this.register(request, context);
    return this.floor.hold(async () => {
      await this.allowance.take('link', request.email, context.clientAddress);
      return this.register(request, context);
    });
  }

  private async register(request: RegisterRequest, context: RpcContext): Promise<Registered> {
    const { email, full_name: fullName } = tidy({ email: request.email, full_name: request.full_name });
    // Before the transaction: it takes as long as a hash has to.
    const passwordHash = await this.passwords.hashNew(
      'password',
      request.password,
      { email, fullName },
      context.signal,
    );
    return this.idempotency.run(
      registerAccount,
      this.withoutPassword(request),
      context,
      async (tx): Promise<Registered> => {
        const account = await this.factory.create(
          tx,
          { email, fullName, passwordHash, roles: ['user'], method: 'password' },
          context.requestId,
        );
        if (this.settings.REGISTRATION_VERIFIES_EMAIL) {
          if (account === undefined) await this.tellOwner(tx, email, context);
          else await this.verification.ask(tx, account, context.requestId);
        } else if (account === undefined) {
          throw conflict('EMAIL_ALREADY_REGISTERED', 'There is an account with this e-mail address. Sign in instead.');
        }
        await this.audit.append(tx, { action: 'account.registered', userId: account?.id ?? null }, context);
        return account === undefined || this.settings.REGISTRATION_VERIFIES_EMAIL
          ? { status: 'verification_sent' }
          : toUser(account);
      },
    );
  }

  /** Only the mailbox hears that there is an account; the one who asks is answered like everybody. */
  private tellOwner(tx: Tx, address: string, context: RpcContext): Promise<void> {
    const values = this.links.page('signIn');
    return this.mail.send(tx, { kind: 'account_exists', address, userId: null, values }, context.requestId);
  }

  /** The request is remembered as a plain fast hash; with the password in it, that would be a way to try passwords. */
  private withoutPassword(request: RegisterRequest): RegisterRequest {
    // A challenge is solved anew for every try, so it says nothing about the request either.
    return {
      ...request,
      captcha_token: undefined,
      password: this.secrets.hmac('idempotency', request.password).toString('hex'),
    };
  }
}
