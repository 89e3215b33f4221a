import { Inject, Injectable } from '@nestjs/common';
import { registerAccount, type RegisterRequest, type User } from '#contracts';
import { AppError, conflict } from '#kernel';
import { Idempotency, type RpcContext } from '#messaging';
import { AuditLogRepository } from '../audit/audit-log.repository.js';
import type { IdentityOwnSettings } from '../config.js';
import { PasswordsService } from '../passwords/passwords.service.js';
import { tidy } from '../tidy.js';
import { IdentitySecrets } from '../secrets/identity-secrets.js';
import { SETTINGS } from '../tokens.js';
import { AccountFactory } from './account-factory.js';
import { toUser } from './user-view.js';

@Injectable()
export class RegistrationService {
  constructor(
    @Inject(SETTINGS) private readonly settings: IdentityOwnSettings,
    private readonly idempotency: Idempotency,
    private readonly factory: AccountFactory,
    private readonly passwords: PasswordsService,
    private readonly audit: AuditLogRepository,
    private readonly secrets: IdentitySecrets,
  ) {}

  async registerAccount(request: RegisterRequest, context: RpcContext): Promise<User> {
    if (this.settings.SINGLE_USER) throw registrationClosed();
    const { email, full_name: fullName } = tidy({ email: request.email, full_name: request.full_name });
    // Before the transaction: it takes as long as a hash has to.
    const passwordHash = await this.passwords.hashNew(
      'password',
      request.password,
      { email, fullName },
      context.signal,
    );
    return this.idempotency.run(registerAccount, this.withoutPassword(request), context, async (tx) => {
      const account = await this.factory.create(
        tx,
        { email, fullName, passwordHash, roles: ['user'], method: 'password' },
        context.requestId,
      );
      if (account === undefined) {
        throw conflict('EMAIL_ALREADY_REGISTERED', 'There is an account with this e-mail address. Sign in instead.');
      }
      await this.audit.append(tx, { action: 'account.registered', userId: account.id }, context);
      return toUser(account);
    });
  }

  /** The request is remembered as a plain fast hash; with the password in it, that would be a way to try passwords. */
  private withoutPassword(request: RegisterRequest): RegisterRequest {
    return { ...request, password: this.secrets.hmac('idempotency', request.password).toString('hex') };
  }
}

const registrationClosed = (): AppError =>
  new AppError({
    code: 'REGISTRATION_CLOSED',
    kind: 'forbidden',
    message: 'This installation belongs to one person: there is no registration. Sign in as the owner.',
  });
