import { randomInt, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { sendSignInCode, SignInAnswer, Static, VerifySignInCodeRequest } from '#contracts';
import type { Clock } from '#kernel';
import type { RpcContext } from '#messaging';
import { type Tx, UnitOfWork } from '#persistence';
import { CLOCK } from '#platform';
import { NewcomersService } from '../accounts/newcomers.service.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { AddressProof } from '../accounts/address-proof.js';
import type { AccountEntity } from '../accounts/account.entity.js';
import { HumanCheck } from '../captcha/human-check.js';
import { MailAllowance } from '../mail/mail-allowance.js';
import { OutgoingMail } from '../mail/outgoing-mail.js';
import { IdentitySecrets } from '../secrets/identity-secrets.js';
import { AnswerFloor } from '../sign-in/answer-floor.js';
import { type AwaitsFactor, type Refusal, type SignedIn, SignInCompletion } from '../sign-in/sign-in-completion.js';
import { type CountedTry, SignInThrottle } from '../sign-in/sign-in-throttle.js';
import { SignInCodeRepository, type SignInCodeRow } from './sign-in-code.repository.js';

const CODE_LIFE_MS = 10 * 60_000;
const MAX_TRIES = 5;

interface Refused {
  refusal: Refusal;
  account: AccountEntity | null;
}

/** Signing in with a code sent by mail; the first time it makes the account. */
@Injectable()
export class SignInCodesService {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly unitOfWork: UnitOfWork,
    private readonly codes: SignInCodeRepository,
    private readonly accounts: AccountRepository,
    private readonly newcomers: NewcomersService,
    private readonly proof: AddressProof,
    private readonly allowance: MailAllowance,
    private readonly mail: OutgoingMail,
    private readonly floor: AnswerFloor,
    private readonly humans: HumanCheck,
    private readonly throttle: SignInThrottle,
    private readonly completion: SignInCompletion,
    private readonly secrets: IdentitySecrets,
  ) {}

  /** Does the same for every address: whether there is an account is not even looked up. */
  send(
    { email, captcha_token }: Static<typeof sendSignInCode.request>,
    context: RpcContext,
  ): Promise<Static<typeof sendSignInCode.response>> {
    return this.floor.hold(async () => {
      await this.humans.require(captcha_token, context.clientAddress);
      await this.allowance.take('code', email, context.clientAddress);
      if (await this.newcomers.mayComeIn(email)) await this.write(email, context);
      return {
        status: 'code_sent',
        message: 'If this address can sign in here, a code is on its way to it.',
        expires_in: CODE_LIFE_MS / 1000,
      };
    });
  }

  verify(request: VerifySignInCodeRequest, context: RpcContext): Promise<SignInAnswer> {
    return this.floor.holdRefusal(async () => {
      const { email, otp } = request;
      const counted = await this.throttle.begin(`code:${email.toLowerCase()}`, context.clientAddress, false);
      // Refusals are thrown outside: a throw inside would take the counted try back.
      const outcome = await this.unitOfWork.run((tx) => this.tryCode(tx, email, otp, counted, context));
      if ('refusal' in outcome) throw await this.completion.refused(outcome.account, outcome.refusal, context);
      return this.completion.answer(outcome);
    });
  }

  /** For what needs a fresh proof while signed in. The try counts whatever comes of it, so commit it. */
  async spend(tx: Tx, email: string, code: string): Promise<boolean> {
    const key = this.keyOf(email);
    if (!this.isRight(await this.codes.countTry(tx, key), email, code)) return false;
    await this.codes.drop(tx, key);
    return true;
  }

  private async tryCode(
    tx: Tx,
    email: string,
    otp: string,
    counted: CountedTry,
    context: RpcContext,
  ): Promise<SignedIn | AwaitsFactor | Refused> {
    if (!(await this.spend(tx, email, otp))) return { refusal: 'wrong-code', account: null };
    const found = (await this.accounts.lockByEmail(tx, email)) ?? (await this.newcomers.welcome(tx, email, context));
    if (found === undefined) return { refusal: 'wrong-code', account: null };
    if (found.blockedAt !== null) return { refusal: 'blocked', account: found };
    const account = await this.proof.given(tx, found, context);
    await this.throttle.succeeded(tx, counted);
    return this.completion.complete(tx, account, 'otp', context);
  }

  private isRight(row: SignInCodeRow | undefined, email: string, otp: string): boolean {
    const given = this.hashOf(email, otp);
    // Compared in any case, so that a missing code takes as long as a wrong one.
    const isEqual = timingSafeEqual(given, row?.codeHash ?? this.hashOf(email, 'none'));
    return isEqual && row !== undefined && row.tries <= MAX_TRIES && row.expiresAt > this.clock.now();
  }

  private async write(email: string, context: RpcContext): Promise<void> {
    const code = String(randomInt(1_000_000)).padStart(6, '0');
    const now = this.clock.now();
    const expiresAt = new Date(now.getTime() + CODE_LIFE_MS);
    await this.unitOfWork.run(async (tx) => {
      await this.codes.put(tx, this.keyOf(email), { codeHash: this.hashOf(email, code), expiresAt });
      const values = { code, minutes: String(CODE_LIFE_MS / 60_000) };
      await this.mail.send(
        tx,
        { kind: 'sign_in_code', address: email, userId: null, values, expiresAt },
        context.requestId,
      );
    });
  }

  private keyOf = (email: string): Buffer => this.secrets.hmac('code', `address:${email.toLowerCase()}`);
  private hashOf = (email: string, code: string): Buffer =>
    this.secrets.hmac('code', `code:${email.toLowerCase()}|${code}`);
}
