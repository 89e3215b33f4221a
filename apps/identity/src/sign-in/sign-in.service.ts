import { Injectable } from '@nestjs/common';
import { type SignInRequest, type TokenPair, UserLoggedInV1 } from '#contracts';
import { AppError, newId } from '#kernel';
import { Outbox, type RpcContext } from '#messaging';
import { Database, type Tx, UnitOfWork } from '#persistence';
import type { AccountEntity } from '../accounts/account.entity.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { isLoopback } from '../accounts/domain/loopback.js';
import { AuditLogRepository } from '../audit/audit-log.repository.js';
import { normalisePassword } from '../passwords/domain/password-policy.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { SessionRepository } from '../sessions/session.repository.js';
import { type OpenedSession, SessionsService } from '../sessions/sessions.service.js';
import { AnswerFloor } from './answer-floor.js';
import { type CountedTry, SignInThrottle } from './sign-in-throttle.js';

@Injectable()
export class SignInService {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly outbox: Outbox,
    private readonly accounts: AccountRepository,
    private readonly sessions: SessionsService,
    private readonly sessionRows: SessionRepository,
    private readonly throttle: SignInThrottle,
    private readonly hasher: PasswordHasher,
    private readonly floor: AnswerFloor,
    private readonly audit: AuditLogRepository,
  ) {}

  /**
   * Unknown address and wrong password are the same to whoever asks: same statements, same hashing work, same waiting,
   * same answer. Only who knows the password learns more (blocked, one-time).
   */
  signInWithPassword(request: SignInRequest, context: RpcContext): Promise<TokenPair> {
    return this.floor.holdRefusal(() => this.tryPassword(request, context));
  }

  private async tryPassword(request: SignInRequest, context: RpcContext): Promise<TokenPair> {
    const { clientAddress } = context;
    const account = await this.accounts.findByEmail(request.email);
    const known =
      clientAddress !== undefined &&
      (await this.sessionRows.hasSignedInFrom(this.database, account?.id ?? newId(), clientAddress));
    const counted = await this.throttle.begin(request.email.toLowerCase(), clientAddress, known);

    const password = normalisePassword(request.password);
    const isRight = await this.hasher.verify(account?.passwordHash ?? null, password, context.signal);
    if (account === null || !isRight) throw await this.refused(account, 'wrong-credentials', context);
    if (account.passwordOneTime && !isLoopback(clientAddress)) {
      throw await this.refused(account, 'one-time-password-from-elsewhere', context);
    }
    if (account.blockedAt !== null) throw await this.refused(account, 'blocked', context);

    const rehashed = await this.rehash(account, password, context.signal);
    const opened = await this.unitOfWork.run((tx) => this.openSession(tx, account, rehashed, counted, context));
    if (opened === undefined) throw await this.refused(account, 'wrong-credentials', context);
    return this.sessions.tokensFor(opened.account, opened.session);
  }

  /** Undefined when the account was blocked or got another password while we were hashing. */
  private async openSession(
    tx: Tx,
    seen: AccountEntity,
    rehashed: string | undefined,
    counted: CountedTry,
    context: RpcContext,
  ): Promise<{ account: AccountEntity; session: OpenedSession } | undefined> {
    const account = await this.accounts.lock(tx, seen.id);
    if (account === null || account.blockedAt !== null || account.passwordHash !== seen.passwordHash) return undefined;
    if (rehashed !== undefined) await this.accounts.update(tx, account.id, { passwordHash: rehashed });
    const session = await this.sessions.open(tx, account.id, context);
    await this.throttle.succeeded(tx, counted);
    await this.outbox.add(
      tx,
      UserLoggedInV1,
      { user_id: account.id, session_id: session.id, method: 'password' },
      { subject: account.id, requestId: context.requestId },
    );
    await this.audit.append(
      tx,
      { action: 'session.signed-in', userId: account.id, detail: { session_id: session.id, method: 'password' } },
      context,
    );
    return { account, session };
  }

  private async rehash(account: AccountEntity, password: string, signal: AbortSignal): Promise<string | undefined> {
    if (account.passwordHash === null || !this.hasher.isOutdated(account.passwordHash)) return undefined;
    return this.hasher.hash(password, signal);
  }

  private async refused(account: AccountEntity | null, reason: Refusal, context: RpcContext): Promise<AppError> {
    await this.unitOfWork.run((tx) =>
      this.audit.append(
        tx,
        { action: 'session.sign-in-refused', userId: account?.id ?? null, detail: { reason } },
        context,
      ),
    );
    return REFUSALS[reason]();
  }
}

type Refusal = 'wrong-credentials' | 'one-time-password-from-elsewhere' | 'blocked';

const REFUSALS: Readonly<Record<Refusal, () => AppError>> = {
  'wrong-credentials': () =>
    new AppError({
      code: 'INVALID_CREDENTIALS',
      kind: 'unauthenticated',
      message: 'The e-mail address or the password is wrong.',
    }),
  'one-time-password-from-elsewhere': () =>
    new AppError({
      code: 'PASSWORD_CHANGE_REQUIRED',
      kind: 'forbidden',
      message: 'The one-time password works from the machine itself only. Sign in there and change it first.',
    }),
  blocked: () =>
    new AppError({ code: 'ACCOUNT_DISABLED', kind: 'forbidden', message: 'This account was blocked by an admin.' }),
};
