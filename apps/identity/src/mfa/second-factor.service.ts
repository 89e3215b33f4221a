import { Inject, Injectable } from '@nestjs/common';
import type { MFA_METHODS } from '#contracts';
import { type Clock, invalid, notFound } from '#kernel';
import type { RpcContext } from '#messaging';
import { type Tx, UnitOfWork } from '#persistence';
import { CLOCK, FieldCipher, type FieldPlace } from '#platform';
import type { AccountEntity } from '../accounts/account.entity.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { AuditLogRepository, type RequestOrigin } from '../audit/audit-log.repository.js';
import { OutgoingMail } from '../mail/outgoing-mail.js';
import { SignInThrottle } from '../sign-in/sign-in-throttle.js';
import { hashOfRecoveryCode } from './domain/recovery-codes.js';
import { stepOf } from './domain/totp.js';
import { SecondFactorRepository } from './second-factor.repository.js';

export interface FactorProof {
  code?: string;
  recovery_code?: string;
}

export type UsedFactor = (typeof MFA_METHODS)[number];

/** Whether somebody holds the second factor of an account. */
@Injectable()
export class SecondFactorService {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly unitOfWork: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly factors: SecondFactorRepository,
    private readonly throttle: SignInThrottle,
    private readonly mail: OutgoingMail,
    private readonly audit: AuditLogRepository,
    private readonly cipher: FieldCipher,
  ) {}

  seal = (userId: string, secret: string): string => this.cipher.encrypt(secret, placeOf(userId));
  open = (userId: string, sealed: string): string => this.cipher.decrypt(sealed, placeOf(userId));

  /** Uses the code up; undefined for a wrong one. Called with the account locked. */
  async spend(
    tx: Tx,
    account: AccountEntity,
    { code, recovery_code }: FactorProof,
    origin: RequestOrigin,
  ): Promise<UsedFactor | undefined> {
    if (code !== undefined) return (await this.spendCode(tx, account.id, code)) ? 'totp' : undefined;
    if (recovery_code === undefined) return undefined;
    return (await this.spendRecoveryCode(tx, account, recovery_code, origin)) ? 'recovery_code' : undefined;
  }

  /**
   * For somebody who is signed in: `effect` happens in the transaction in which the code is used up. Throws a 422 that
   * names the field of a wrong one.
   */
  async prove<T>(
    userId: string,
    proof: FactorProof,
    context: RpcContext,
    effect: (tx: Tx, account: AccountEntity) => Promise<T>,
  ): Promise<T> {
    assertOneProof(proof);
    const outcome = await this.tryAs(userId, context, async (tx, account) => {
      if ((await this.spend(tx, account, proof, context)) === undefined) return 'wrong';
      return { value: await effect(tx, account) };
    });
    if (outcome === 'wrong') throw wrongFactor(proof.code === undefined ? 'recovery_code' : 'code');
    return outcome.value;
  }

  /** One try, counted; `wrong` is written down and stays counted, so it must not throw. */
  async tryAs<T>(
    userId: string,
    context: RpcContext,
    attempt: (tx: Tx, account: AccountEntity) => Promise<T | 'wrong'>,
  ): Promise<T | 'wrong'> {
    // A counter of its own: whoever guesses here holds a session, and must not lock the sign-in.
    const counted = await this.throttle.begin(`second-factor-change:${userId}`, context.clientAddress, false);
    return this.unitOfWork.run(async (tx) => {
      const account = await this.accounts.lock(tx, userId);
      if (account === null) throw notFound('The account');
      const outcome = await attempt(tx, account);
      if (outcome === 'wrong') await this.audit.append(tx, { action: 'mfa.refused', userId }, context);
      else await this.throttle.succeeded(tx, counted);
      return outcome;
    });
  }

  private async spendCode(tx: Tx, userId: string, code: string): Promise<boolean> {
    const factor = await this.factors.find(tx, userId);
    if (factor === undefined || factor.enabledAt === null) return false;
    const step = stepOf(this.open(userId, factor.secretSealed), code, this.clock.now());
    return step !== undefined && (await this.factors.useStep(tx, userId, step));
  }

  private async spendRecoveryCode(
    tx: Tx,
    account: AccountEntity,
    code: string,
    origin: RequestOrigin,
  ): Promise<boolean> {
    const { id: userId } = account;
    if (!(await this.factors.useCode(tx, userId, hashOfRecoveryCode(userId, code), this.clock.now()))) return false;
    const { codesLeft } = await this.factors.statusOf(tx, userId);
    await this.mail.notify(tx, account, 'recovery_code_used', origin, { left: String(codesLeft) });
    await this.audit.append(tx, { action: 'mfa.recovery-used', userId, detail: { left: codesLeft } }, origin);
    return true;
  }
}

export function assertOneProof({ code, recovery_code }: FactorProof): void {
  if ((code === undefined) !== (recovery_code === undefined)) return;
  throw invalid([{ field: 'code', message: 'send either `code`, or a `recovery_code`' }]);
}

export const wrongFactor = (field: 'code' | 'recovery_code'): Error =>
  invalid([{ field, message: 'is wrong, no longer good, or was used before' }]);

const placeOf = (owner: string): FieldPlace => ({ table: 'identity.totp_factor', column: 'secret_sealed', owner });
