import { Injectable } from '@nestjs/common';
import { type MfaRequired, type SignInAnswer, type TokenPair, UserLoggedInV1 } from '#contracts';
import { AppError } from '#kernel';
import { Outbox } from '#messaging';
import { type Tx, UnitOfWork } from '#persistence';
import type { AccountEntity } from '../accounts/account.entity.js';
import { AuditLogRepository, type RequestOrigin } from '../audit/audit-log.repository.js';
import { ErasureRepository } from '../erasure/erasure.repository.js';
import { OutgoingMail } from '../mail/outgoing-mail.js';
import { SecondFactorRepository, type FactorStatus } from '../mfa/second-factor.repository.js';
import type { UsedFactor } from '../mfa/second-factor.service.js';
import { SessionRepository } from '../sessions/session.repository.js';
import { type OpenedSession, SessionsService } from '../sessions/sessions.service.js';
import { isUnusual } from './domain/familiarity.js';
import { PendingSteps } from './pending-steps.js';

export const SIGN_IN_METHODS = ['password', 'otp', 'google', 'linkedin', 'oidc', 'passkey'] as const;
export type SignInMethod = (typeof SIGN_IN_METHODS)[number];

/** Somebody else may be guessing: its owner is told once an hour at most. */
export const MANY_FAILURES = 10;
/** Fewer where the first factor was right: then somebody else knows the password, or reads the mail. */
const FEW_FAILURES = 5;

/** Long enough to find the phone. */
const MFA_MS = 5 * 60_000;

export interface SignedIn {
  account: AccountEntity;
  session: OpenedSession;
}

/** The first factor was right, and the account has a second one. */
export interface AwaitsFactor {
  account: AccountEntity;
  mfa: MfaRequired;
}

/** How somebody got in; goes into the history. */
export interface WayIn {
  method: SignInMethod;
  second_factor?: UsedFactor;
}

/** The last step of every way in, and the one place where a way in is refused. */
@Injectable()
export class SignInCompletion {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly outbox: Outbox,
    private readonly sessions: SessionsService,
    private readonly sessionRows: SessionRepository,
    private readonly mail: OutgoingMail,
    private readonly audit: AuditLogRepository,
    private readonly erasures: ErasureRepository,
    private readonly factors: SecondFactorRepository,
    private readonly steps: PendingSteps,
  ) {}

  /**
   * In the transaction of the proof, with the account locked; the last thing in it. Every way in that is one factor
   * ends here, so none is a way around the second.
   */
  async complete(
    tx: Tx,
    account: AccountEntity,
    method: SignInMethod,
    origin: RequestOrigin,
  ): Promise<SignedIn | AwaitsFactor> {
    const status = await this.factors.statusOf(tx, account.id);
    return status.isOn
      ? this.askForFactor(tx, account, method, status, origin)
      : this.open(tx, account, { method }, origin);
  }

  /** Where nothing is left to prove. As `complete`: with the account locked, the last thing. */
  async open(tx: Tx, account: AccountEntity, way: WayIn, origin: RequestOrigin): Promise<SignedIn> {
    const trace = { address: origin.clientAddress ?? null, userAgent: origin.userAgent?.slice(0, 400) ?? null };
    const unusual = isUnusual(trace, await this.sessionRows.tracesOf(tx, account.id));
    if (unusual) await this.mail.notify(tx, account, 'sign_in_unusual', origin, { reason: 'new_device_and_place' });
    const session = await this.sessions.open(tx, account.id, origin);
    await this.outbox.add(
      tx,
      UserLoggedInV1,
      { user_id: account.id, session_id: session.id, method: way.method },
      { subject: account.id, requestId: origin.requestId },
    );
    const detail = { session_id: session.id, ...way, ...(unusual ? { unusual } : {}) };
    await this.audit.append(tx, { action: 'session.signed-in', userId: account.id, detail }, origin);
    return { account, session };
  }

  /** After the commit: what the client gets. */
  async answer(outcome: SignedIn | AwaitsFactor): Promise<SignInAnswer> {
    return 'mfa' in outcome ? outcome.mfa : this.tokensOf(outcome);
  }

  tokensOf({ account, session }: SignedIn): Promise<TokenPair> {
    return this.sessions.tokensFor(account, session);
  }

  /**
   * Writes the refusal down (`failures`: of the last hour, this one included) and makes the error to throw. Never inside the
   * transaction that is given up.
   */
  async refused(
    account: AccountEntity | null,
    reason: Refusal,
    origin: RequestOrigin,
    failures = 0,
  ): Promise<AppError> {
    const isErasing = await this.unitOfWork.run(async (tx) => {
      const [most, told] =
        reason === 'wrong-second-factor' ? [FEW_FAILURES, 'second_factor_failures'] : [MANY_FAILURES, 'many_failures'];
      if (account !== null && failures === most) {
        await this.mail.notify(tx, account, 'sign_in_unusual', origin, { reason: told });
      }
      const userId = account?.id ?? null;
      await this.audit.append(tx, { action: 'session.sign-in-refused', userId, detail: { reason } }, origin);
      return reason === 'blocked' && userId !== null && (await this.erasures.findOpen(tx, userId)) !== undefined;
    });
    return isErasing ? erasurePending() : REFUSALS[reason]();
  }

  /** No session, no event, no judgement of what is unusual: nobody is in yet. */
  private async askForFactor(
    tx: Tx,
    account: AccountEntity,
    method: SignInMethod,
    { codesLeft }: FactorStatus,
    origin: RequestOrigin,
  ): Promise<AwaitsFactor> {
    const mfa_token = await this.steps.begin(tx, 'mfa', { userId: account.id, method, lifeMs: MFA_MS });
    await this.audit.append(tx, { action: 'mfa.asked', userId: account.id, detail: { method } }, origin);
    const methods: MfaRequired['methods'] = codesLeft > 0 ? ['totp', 'recovery_code'] : ['totp'];
    return { account, mfa: { mfa_required: true, mfa_token, methods, expires_in: MFA_MS / 1000 } };
  }
}

/** Also for whoever a provider or a code vouches for. */
export const registrationClosed = (): AppError =>
  new AppError({
    code: 'REGISTRATION_CLOSED',
    kind: 'forbidden',
    message: 'This installation belongs to one person: there is no registration. Sign in as the owner.',
  });

export type Refusal =
  | 'wrong-credentials'
  | 'one-time-password-from-elsewhere'
  | 'blocked'
  | 'wrong-code'
  | 'wrong-second-factor'
  | 'passkey-refused'
  | 'provider-refused'
  | 'unconfirmed-by-provider'
  | 'unconfirmed-here'
  | 'registration-closed';

const erasurePending = (): AppError =>
  new AppError({
    code: 'ERASURE_PENDING',
    kind: 'forbidden',
    message: 'This account is going to be erased. Undo that with POST /users/me/undo-erasure, then sign in.',
  });

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
  'wrong-code': () =>
    new AppError({
      code: 'INVALID_CODE',
      kind: 'unauthenticated',
      message: 'The code is wrong or no longer good. Ask for a new one.',
    }),
  'wrong-second-factor': () =>
    new AppError({
      code: 'INVALID_CODE',
      kind: 'unauthenticated',
      message: 'The code is wrong, or was used before. Wait for the next one of the authenticator.',
    }),
  'passkey-refused': () =>
    new AppError({
      code: 'PASSKEY_REFUSED',
      kind: 'unauthenticated',
      message: 'This passkey was not accepted. Start again, or sign in another way.',
    }),
  'provider-refused': () =>
    new AppError({
      code: 'EXTERNAL_SIGN_IN_FAILED',
      kind: 'unauthenticated',
      message: 'The sign-in with the provider failed or was cancelled. Start it again.',
    }),
  'unconfirmed-by-provider': () =>
    new AppError({
      code: 'EMAIL_NOT_VERIFIED',
      kind: 'forbidden',
      message: 'The provider did not confirm an e-mail address of yours. Confirm it there, or sign in with a code.',
    }),
  'unconfirmed-here': () =>
    new AppError({
      code: 'EMAIL_NOT_VERIFIED',
      kind: 'forbidden',
      message: 'There is an account with your address that never confirmed it. Sign in with a code sent to it first.',
    }),
  'registration-closed': registrationClosed,
};
