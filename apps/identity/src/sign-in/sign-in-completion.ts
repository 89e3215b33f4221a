import { Injectable } from '@nestjs/common';
import { type TokenPair, UserLoggedInV1 } from '#contracts';
import { AppError } from '#kernel';
import { Outbox } from '#messaging';
import { type Tx, UnitOfWork } from '#persistence';
import type { AccountEntity } from '../accounts/account.entity.js';
import { AuditLogRepository, type RequestOrigin } from '../audit/audit-log.repository.js';
import { type OpenedSession, SessionsService } from '../sessions/sessions.service.js';

export type SignInMethod = 'password' | 'otp';

export interface SignedIn {
  account: AccountEntity;
  session: OpenedSession;
}

/** The last step of every way in, and the one place where a way in is refused. */
@Injectable()
export class SignInCompletion {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly outbox: Outbox,
    private readonly sessions: SessionsService,
    private readonly audit: AuditLogRepository,
  ) {}

  /** In the transaction of the proof, with the account locked; the last thing in it. */
  async complete(tx: Tx, account: AccountEntity, method: SignInMethod, origin: RequestOrigin): Promise<SignedIn> {
    const session = await this.sessions.open(tx, account.id, origin);
    const detail = { session_id: session.id, method };
    await this.outbox.add(
      tx,
      UserLoggedInV1,
      { user_id: account.id, ...detail },
      { subject: account.id, requestId: origin.requestId },
    );
    await this.audit.append(tx, { action: 'session.signed-in', userId: account.id, detail }, origin);
    return { account, session };
  }

  /** After the commit: what the client gets. */
  answer({ account, session }: SignedIn): Promise<TokenPair> {
    return this.sessions.tokensFor(account, session);
  }

  /** Writes the refusal down and makes the error to throw. Never inside the transaction that is given up. */
  async refused(account: AccountEntity | null, reason: Refusal, origin: RequestOrigin): Promise<AppError> {
    await this.unitOfWork.run((tx) =>
      this.audit.append(
        tx,
        { action: 'session.sign-in-refused', userId: account?.id ?? null, detail: { reason } },
        origin,
      ),
    );
    return REFUSALS[reason]();
  }
}

export type Refusal = 'wrong-credentials' | 'one-time-password-from-elsewhere' | 'blocked' | 'wrong-code';

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
};
