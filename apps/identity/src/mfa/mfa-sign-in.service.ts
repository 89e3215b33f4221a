import { Injectable } from '@nestjs/common';
import type { TokenPair, VerifyMfaRequest } from '#contracts';
import type { RpcContext } from '#messaging';
import { Database, type Tx, UnitOfWork } from '#persistence';
import type { AccountEntity } from '../accounts/account.entity.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { invalidToken } from '../mail-verification/mail-tokens.js';
import { SessionRepository } from '../sessions/session.repository.js';
import { AnswerFloor } from '../sign-in/answer-floor.js';
import { PendingSteps } from '../sign-in/pending-steps.js';
import { type Refusal, SIGN_IN_METHODS, type SignedIn, SignInCompletion } from '../sign-in/sign-in-completion.js';
import { type CountedTry, SignInThrottle } from '../sign-in/sign-in-throttle.js';
import { SecondFactorRepository } from './second-factor.repository.js';
import { assertOneProof, SecondFactorService } from './second-factor.service.js';

/** Then the first step must be taken again. */
const MAX_TRIES = 5;

interface Refused {
  refusal: Refusal;
  account: AccountEntity;
}

/** The second step of a sign-in. */
@Injectable()
export class MfaSignInService {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly sessions: SessionRepository,
    private readonly steps: PendingSteps,
    private readonly factors: SecondFactorRepository,
    private readonly secondFactor: SecondFactorService,
    private readonly throttle: SignInThrottle,
    private readonly floor: AnswerFloor,
    private readonly completion: SignInCompletion,
  ) {}

  verify(request: VerifyMfaRequest, context: RpcContext): Promise<TokenPair> {
    assertOneProof(request);
    return this.floor.holdRefusal(() => this.tryFactor(request, context));
  }

  private async tryFactor(request: VerifyMfaRequest, context: RpcContext): Promise<TokenPair> {
    const { clientAddress: address } = context;
    const userId = await this.steps.ownerOf(this.database, 'mfa', request.mfa_token);
    if (userId === undefined) throw invalidToken('mfa_token');
    // Over all steps: whoever has the password can begin as many as he likes. Counted apart from passwords, and for
    // places the owner signed in from apart from others, so that nobody who fails on purpose locks him out.
    const known = address !== undefined && (await this.sessions.hasSignedInFrom(this.database, userId, address));
    const counted = await this.throttle.begin(`second-factor:${userId}`, address, known);
    // Refusals are thrown outside: a throw inside would take the counted try of the step back.
    const outcome = await this.unitOfWork.run((tx) => this.spend(tx, userId, request, counted, context));
    if (outcome === undefined) throw invalidToken('mfa_token');
    if ('refusal' in outcome) {
      throw await this.completion.refused(outcome.account, outcome.refusal, context, counted.failures);
    }
    return this.completion.tokensOf(outcome);
  }

  private async spend(
    tx: Tx,
    userId: string,
    { mfa_token, ...proof }: VerifyMfaRequest,
    counted: CountedTry,
    context: RpcContext,
  ): Promise<SignedIn | Refused | undefined> {
    const account = await this.accounts.lock(tx, userId);
    const step = await this.steps.countTry(tx, 'mfa', mfa_token, MAX_TRIES);
    const method = SIGN_IN_METHODS.find((known) => known === step?.method);
    if (account === null || method === undefined) return undefined;
    if (account.blockedAt !== null) return { refusal: 'blocked', account };
    // Taken away since: then this step proves less than it should, and the sign-in begins anew.
    if (!(await this.factors.statusOf(tx, userId)).isOn) return undefined;
    const second_factor = await this.secondFactor.spend(tx, account, proof, context);
    if (second_factor === undefined) return { refusal: 'wrong-second-factor', account };
    await this.steps.drop(tx, mfa_token);
    await this.throttle.succeeded(tx, counted);
    return this.completion.open(tx, account, { method, second_factor }, context);
  }
}
