import { Injectable } from '@nestjs/common';
import type { ErasureRequest } from '#contracts';
import { AppError, invalid } from '#kernel';
import type { RpcContext } from '#messaging';
import { UnitOfWork } from '#persistence';
import type { AccountEntity } from '../accounts/account.entity.js';
import { AuditLogRepository } from '../audit/audit-log.repository.js';
import { SignInCodesService } from '../otp/sign-in-codes.service.js';
import { normalisePassword } from '../passwords/domain/password-policy.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { SignInThrottle } from '../sign-in/sign-in-throttle.js';

/**
 * A stolen session alone must not be enough to erase somebody: the password, or a code that went to his mailbox. No
 * second factor on top: the session was opened with it, what is asked for lies open to undo for days, and who lost his
 * authenticator must still be able to have his data erased.
 */
@Injectable()
export class ProofOfPerson {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly throttle: SignInThrottle,
    private readonly hasher: PasswordHasher,
    private readonly codes: SignInCodesService,
    private readonly audit: AuditLogRepository,
  ) {}

  async require(account: AccountEntity, { password, code }: ErasureRequest, context: RpcContext): Promise<void> {
    if ((password === undefined) === (code === undefined)) throw oneOfTwo();
    // A counter of its own: whoever guesses here holds a session, and must not lock the sign-in.
    const counted = await this.throttle.begin(`reauthentication:${account.id}`, context.clientAddress, false);
    const isPasswordRight =
      password !== undefined &&
      (await this.hasher.verify(account.passwordHash, normalisePassword(password), context.signal));
    // Committed also when the code is wrong: the try counts.
    const isRight = await this.unitOfWork.run(async (tx) => {
      const isProven = isPasswordRight || (code !== undefined && (await this.codes.spend(tx, account.email, code)));
      if (isProven) await this.throttle.succeeded(tx, counted);
      else await this.audit.append(tx, { action: 'account.erasure-refused', userId: account.id }, context);
      return isProven;
    });
    if (!isRight) throw notProven();
  }
}

const oneOfTwo = (): AppError =>
  invalid([{ field: 'password', message: 'send either the password, or a `code` that POST /auth/send-otp mailed' }]);

const notProven = (): AppError =>
  new AppError({
    code: 'REAUTHENTICATION_FAILED',
    kind: 'forbidden',
    message: 'The password or the code is wrong. Nothing was changed.',
  });
