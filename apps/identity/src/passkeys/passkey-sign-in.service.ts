import { Inject, Injectable } from '@nestjs/common';
import type { PasskeyRequest, PasskeySignInRequest, TokenPair, UsedCredential } from '#contracts';
import type { Clock } from '#kernel';
import type { RpcContext } from '#messaging';
import { Database, type Tx, UnitOfWork } from '#persistence';
import { CLOCK } from '#platform';
import type { AccountEntity } from '../accounts/account.entity.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { AuditLogRepository } from '../audit/audit-log.repository.js';
import { OutgoingMail } from '../mail/outgoing-mail.js';
import { AnswerFloor } from '../sign-in/answer-floor.js';
import { type Refusal, type SignedIn, SignInCompletion } from '../sign-in/sign-in-completion.js';
import { ANYBODY, PasskeyChallenges } from './passkey-challenges.js';
import { PasskeyRepository, type PasskeyRow } from './passkey.repository.js';
import { challengeIn, type ProvenUse, userHandleOf, WebAuthn } from './webauthn.js';

interface Refused {
  refusal: Refusal;
  account: AccountEntity | null;
}

/** Signing in with a passkey: the device, and the finger or PIN that unlocks it, are two factors by themselves. */
@Injectable()
export class PasskeySignInService {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly passkeys: PasskeyRepository,
    private readonly challenges: PasskeyChallenges,
    private readonly webauthn: WebAuthn,
    private readonly mail: OutgoingMail,
    private readonly audit: AuditLogRepository,
    private readonly floor: AnswerFloor,
    private readonly completion: SignInCompletion,
  ) {}

  begin(): Promise<PasskeyRequest> {
    return this.unitOfWork.run(async (tx) => this.webauthn.request(await this.challenges.begin(tx, ANYBODY)));
  }

  /** Unknown, foreign, forged and replayed are the same to whoever asks. */
  signIn({ credential }: PasskeySignInRequest, context: RpcContext): Promise<TokenPair> {
    return this.floor.holdRefusal(async () => {
      const outcome = await this.tryPasskey(credential, context);
      if ('refusal' in outcome) throw await this.completion.refused(outcome.account, outcome.refusal, context);
      return this.completion.tokensOf(outcome);
    });
  }

  private async tryPasskey(credential: UsedCredential, context: RpcContext): Promise<SignedIn | Refused> {
    const passkey = await this.passkeys.findByCredential(this.database, Buffer.from(credential.id, 'base64url'));
    const use = await this.proven(credential, passkey);
    if (passkey === undefined || use === undefined) {
      const account = passkey === undefined ? null : await this.accounts.findById(passkey.userId);
      return { refusal: 'passkey-refused', account };
    }
    // Refusals are thrown outside: what is written about a copied passkey must stay.
    return this.unitOfWork.run((tx) => this.open(tx, passkey, use, context));
  }

  /** The challenge is used up whatever comes of it. */
  private async proven(credential: UsedCredential, passkey: PasskeyRow | undefined): Promise<ProvenUse | undefined> {
    const { clientDataJSON, userHandle } = credential.response;
    const challenge = challengeIn(clientDataJSON);
    if (challenge === undefined) return undefined;
    const isOurs = await this.unitOfWork.run((tx) => this.challenges.take(tx, challenge, ANYBODY));
    if (!isOurs || passkey === undefined || userHandle !== userHandleOf(passkey.userId)) return undefined;
    return this.webauthn.use(credential, challenge, passkey);
  }

  private async open(
    tx: Tx,
    passkey: PasskeyRow,
    { signCount, backedUp }: ProvenUse,
    context: RpcContext,
  ): Promise<SignedIn | Refused> {
    const account = await this.accounts.lock(tx, passkey.userId);
    if (account === null) return { refusal: 'passkey-refused', account };
    if (account.blockedAt !== null) return { refusal: 'blocked', account };
    const outcome = await this.passkeys.used(tx, passkey.id, signCount, backedUp, this.clock.now());
    if (outcome === 'went-back') await this.tellOfCopy(tx, account, passkey, context);
    if (outcome !== 'used') return { refusal: 'passkey-refused', account };
    return this.completion.open(tx, account, { method: 'passkey' }, context);
  }

  private async tellOfCopy(
    tx: Tx,
    account: AccountEntity,
    { id, name }: PasskeyRow,
    context: RpcContext,
  ): Promise<void> {
    await this.mail.notify(tx, account, 'passkey_copied', context, { name });
    const note = { action: 'passkey.counter-went-back' as const, userId: account.id, detail: { passkey_id: id } };
    await this.audit.append(tx, note, context);
  }
}
