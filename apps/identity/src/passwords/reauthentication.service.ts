import { Inject, Injectable } from '@nestjs/common';
import { type Clock, invalid } from '#kernel';
import type { RpcContext } from '#messaging';
import { Database, UnitOfWork } from '#persistence';
import { CLOCK } from '#platform';
import type { AccountEntity } from '../accounts/account.entity.js';
import { AuditLogRepository } from '../audit/audit-log.repository.js';
import { SessionRepository } from '../sessions/session.repository.js';
import { SignInThrottle } from '../sign-in/sign-in-throttle.js';
import { normalisePassword } from './domain/password-policy.js';
import { PasswordHasher } from './password-hasher.js';

/** Without a password to ask for, the sign-in itself must be this fresh. */
export const FRESH_SIGN_IN_MS = 15 * 60_000;

/**
 * A stolen session alone must not be enough to take an account over: its owner proves himself again. One factor is
 * enough for that, also where the account has two: the session itself was opened with both (ASVS 7.5.1). Only what would
 * be a way around the second factor asks for that one too, by `SecondFactorService`.
 */
@Injectable()
export class ReauthenticationService {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly sessions: SessionRepository,
    private readonly throttle: SignInThrottle,
    private readonly hasher: PasswordHasher,
    private readonly audit: AuditLogRepository,
  ) {}

  /** Throws a 422 that names `current_password` unless it is right, or there is none and the sign-in is fresh. */
  async require(account: AccountEntity, currentPassword: string | undefined, context: RpcContext): Promise<void> {
    if (account.passwordHash === null) return this.requireFreshSignIn(account, context);
    if (currentPassword === undefined) throw wrong('is required');
    // A counter of its own: whoever guesses here holds a session, and must not lock the sign-in.
    const counted = await this.throttle.begin(`reauthentication:${account.id}`, context.clientAddress, false);
    const isRight = await this.hasher.verify(account.passwordHash, normalisePassword(currentPassword), context.signal);
    await this.unitOfWork.run((tx) =>
      isRight
        ? this.throttle.succeeded(tx, counted)
        : this.audit.append(tx, { action: 'password.change-refused', userId: account.id }, context),
    );
    if (!isRight) throw wrong('is not the password of this account');
  }

  private async requireFreshSignIn(account: AccountEntity, context: RpcContext): Promise<void> {
    const sessionId = context.caller?.session_id;
    const startedAt =
      sessionId === undefined ? undefined : await this.sessions.startOf(this.database, account.id, sessionId);
    const youngest = this.clock.now().getTime() - FRESH_SIGN_IN_MS;
    if (startedAt === undefined || startedAt.getTime() < youngest) {
      throw wrong('the account has none, so sign in anew and repeat this within 15 minutes');
    }
  }
}

const wrong = (message: string): Error => invalid([{ field: 'current_password', message }]);
