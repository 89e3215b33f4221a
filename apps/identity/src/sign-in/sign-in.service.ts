import { Injectable } from '@nestjs/common';
import type { SignInAnswer, SignInRequest } from '#contracts';
import { newId } from '#kernel';
import type { RpcContext } from '#messaging';
import { Database, type Tx, UnitOfWork } from '#persistence';
import type { AccountEntity } from '../accounts/account.entity.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { isLoopback } from '../accounts/domain/loopback.js';
import { normalisePassword } from '../passwords/domain/password-policy.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { SessionRepository } from '../sessions/session.repository.js';
import { AnswerFloor } from './answer-floor.js';
import { type AwaitsFactor, type SignedIn, SignInCompletion } from './sign-in-completion.js';
import { type CountedTry, SignInThrottle } from './sign-in-throttle.js';

@Injectable()
export class SignInService {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly sessionRows: SessionRepository,
    private readonly throttle: SignInThrottle,
    private readonly hasher: PasswordHasher,
    private readonly floor: AnswerFloor,
    private readonly completion: SignInCompletion,
  ) {}

  /**
   * Unknown address and wrong password are the same to whoever asks: same statements, same hashing work, same waiting,
   * same answer. Only who knows the password learns more (blocked, one-time).
   */
  signInWithPassword(request: SignInRequest, context: RpcContext): Promise<SignInAnswer> {
    return this.floor.holdRefusal(() => this.tryPassword(request, context));
  }

  private async tryPassword(request: SignInRequest, context: RpcContext): Promise<SignInAnswer> {
    const { clientAddress } = context;
    const account = await this.accounts.findByEmail(request.email);
    const known =
      clientAddress !== undefined &&
      (await this.sessionRows.hasSignedInFrom(this.database, account?.id ?? newId(), clientAddress));
    const counted = await this.throttle.begin(request.email.toLowerCase(), clientAddress, known);

    const password = normalisePassword(request.password);
    const isRight = await this.hasher.verify(account?.passwordHash ?? null, password, context.signal);
    if (account === null || !isRight)
      throw await this.completion.refused(account, 'wrong-credentials', context, counted.failures);
    if (account.passwordOneTime && !isLoopback(clientAddress)) {
      throw await this.completion.refused(account, 'one-time-password-from-elsewhere', context);
    }
    if (account.blockedAt !== null) throw await this.completion.refused(account, 'blocked', context);

    const rehashed = await this.rehash(account, password, context.signal);
    const opened = await this.unitOfWork.run((tx) => this.openSession(tx, account, rehashed, counted, context));
    if (opened === undefined) throw await this.completion.refused(account, 'wrong-credentials', context);
    return this.completion.answer(opened);
  }

  /** Undefined when the account was blocked or got another password while we were hashing. */
  private async openSession(
    tx: Tx,
    seen: AccountEntity,
    rehashed: string | undefined,
    counted: CountedTry,
    context: RpcContext,
  ): Promise<SignedIn | AwaitsFactor | undefined> {
    const account = await this.accounts.lock(tx, seen.id);
    if (account === null || account.blockedAt !== null || account.passwordHash !== seen.passwordHash) return undefined;
    if (rehashed !== undefined) await this.accounts.update(tx, account.id, { passwordHash: rehashed });
    await this.throttle.succeeded(tx, counted);
    return this.completion.complete(tx, account, 'password', context);
  }

  private async rehash(account: AccountEntity, password: string, signal: AbortSignal): Promise<string | undefined> {
    if (account.passwordHash === null || !this.hasher.isOutdated(account.passwordHash)) return undefined;
    return this.hasher.hash(password, signal);
  }
}
