import { Injectable } from '@nestjs/common';
import { newId } from '#kernel';
import type { RpcContext } from '#messaging';
import { Database, type Tx } from '#persistence';
import type { AccountEntity } from '../accounts/account.entity.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { normalisePassword } from '../passwords/domain/password-policy.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { SessionRepository } from '../sessions/session.repository.js';
import { AnswerFloor } from '../sign-in/answer-floor.js';
import { SignInCompletion } from '../sign-in/sign-in-completion.js';
import { SignInThrottle } from '../sign-in/sign-in-throttle.js';

export interface Proven {
  account: AccountEntity;
  /** In the transaction of the effect: takes the counted try back. */
  accept: (tx: Tx) => Promise<void>;
}

/**
 * Address and password of somebody who cannot sign in: his account is shut. Counted with the sign-in, and as silent as
 * it about who has an account. The second factor is not asked for: this only keeps an account, and opens no session.
 */
@Injectable()
export class PasswordProof {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountRepository,
    private readonly sessions: SessionRepository,
    private readonly throttle: SignInThrottle,
    private readonly hasher: PasswordHasher,
    private readonly floor: AnswerFloor,
    private readonly completion: SignInCompletion,
  ) {}

  prove(email: string, password: string, context: RpcContext): Promise<Proven> {
    return this.floor.holdRefusal(async () => {
      const { clientAddress: address } = context;
      const account = await this.accounts.findByEmail(email);
      const known =
        address !== undefined && (await this.sessions.hasSignedInFrom(this.database, account?.id ?? newId(), address));
      const counted = await this.throttle.begin(email.toLowerCase(), address, known);
      const hash = account?.passwordHash ?? null;
      const isRight = await this.hasher.verify(hash, normalisePassword(password), context.signal);
      if (account === null || !isRight) throw await this.completion.refused(account, 'wrong-credentials', context);
      return { account, accept: (tx) => this.throttle.succeeded(tx, counted) };
    });
  }
}
