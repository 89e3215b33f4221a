import { Inject, Injectable } from '@nestjs/common';
import type { ExternalSignInAnswer } from '#contracts';
import { type Clock, newId } from '#kernel';
import type { RpcContext } from '#messaging';
import { type Tx, UnitOfWork } from '#persistence';
import { CLOCK } from '#platform';
import type { AccountEntity } from '../accounts/account.entity.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { NewcomersService } from '../accounts/newcomers.service.js';
import { toUser } from '../accounts/user-view.js';
import { AuditLogRepository, type RequestOrigin } from '../audit/audit-log.repository.js';
import { PendingSteps } from '../sign-in/pending-steps.js';
import { type AwaitsFactor, type Refusal, type SignedIn, SignInCompletion } from '../sign-in/sign-in-completion.js';
import type { ExternalPerson } from './domain/provider.js';
import { ExternalIdentityRepository } from './external-identity.repository.js';
import { externalSignInFailed } from './oidc-client.js';

/** A page has this long to fetch the tokens of the sign-in that ended at it. */
const HAND_OVER_MS = 60_000;

interface Refused {
  refusal: Refusal;
  account: AccountEntity | null;
}

/** Which account somebody has whom a provider vouches for. */
@Injectable()
export class ExternalSignInService {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly unitOfWork: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly identities: ExternalIdentityRepository,
    private readonly newcomers: NewcomersService,
    private readonly completion: SignInCompletion,
    private readonly steps: PendingSteps,
    private readonly audit: AuditLogRepository,
  ) {}

  async signIn(person: ExternalPerson, context: RpcContext): Promise<ExternalSignInAnswer> {
    const outcome = await this.unitOfWork.run<SignedIn | AwaitsFactor | Refused>(async (tx) => {
      const found = await this.accountOf(tx, person, context);
      return 'refusal' in found ? found : this.completion.complete(tx, found, person.kind, context);
    });
    return this.answer(outcome, context);
  }

  /** Not signed in yet: the page at the end of the dance gets a code to do that with. */
  async handOver(person: ExternalPerson, context: RpcContext): Promise<string> {
    const outcome = await this.unitOfWork.run<string | Refused>(async (tx) => {
      const found = await this.accountOf(tx, person, context);
      if ('refusal' in found) return found;
      return this.steps.begin(tx, 'hand-over', { userId: found.id, method: person.kind, lifeMs: HAND_OVER_MS });
    });
    if (typeof outcome === 'string') return outcome;
    throw await this.completion.refused(outcome.account, outcome.refusal, context);
  }

  async exchange(code: string, context: RpcContext): Promise<ExternalSignInAnswer> {
    const outcome = await this.unitOfWork.run<SignedIn | AwaitsFactor | Refused | undefined>(async (tx) => {
      const step = await this.steps.take(tx, 'hand-over', code);
      const account = step === undefined ? null : await this.accounts.lock(tx, step.userId);
      const method = METHODS.find((known) => known === step?.method);
      if (account === null || method === undefined) return undefined;
      if (account.blockedAt !== null) return { refusal: 'blocked', account };
      return this.completion.complete(tx, account, method, context);
    });
    if (outcome === undefined) throw externalSignInFailed();
    return this.answer(outcome, context);
  }

  private async answer(outcome: SignedIn | AwaitsFactor | Refused, context: RpcContext): Promise<ExternalSignInAnswer> {
    if ('refusal' in outcome) throw await this.completion.refused(outcome.account, outcome.refusal, context);
    const answer = await this.completion.answer(outcome);
    return 'mfa_required' in answer ? answer : { ...answer, user: toUser(outcome.account) };
  }

  /** Answers the account locked. Known by issuer and subject; by its address only where both sides confirmed it. */
  private async accountOf(tx: Tx, person: ExternalPerson, origin: RequestOrigin): Promise<AccountEntity | Refused> {
    const known = await this.identities.find(tx, person.issuer, person.subject);
    if (known !== undefined) {
      const account = await this.accounts.lock(tx, known.userId);
      const isThere = await this.identities.used(tx, known.id, person.email, this.clock.now());
      if (account === null || !isThere) return { refusal: 'provider-refused', account: null };
      return account.blockedAt === null ? account : { refusal: 'blocked', account };
    }
    if (person.email === null || !person.emailVerified) return { refusal: 'unconfirmed-by-provider', account: null };
    const account =
      (await this.accounts.lockByEmail(tx, person.email)) ??
      (await this.newcomers.welcome(tx, person.email, origin, {
        method: person.kind,
        fullName: person.name ?? undefined,
      }));
    if (account === undefined) return { refusal: 'registration-closed', account: null };
    if (account.blockedAt !== null) return { refusal: 'blocked', account };
    // Whoever made it may be somebody else who waits for the owner of the address to come.
    if (account.emailVerifiedAt === null) return { refusal: 'unconfirmed-here', account };
    return (await this.link(tx, account, person, origin)) === undefined
      ? { refusal: 'provider-refused', account }
      : account;
  }

  /** The id of the link; undefined when the identity belongs to another account. Called with the account locked. */
  async link(
    tx: Tx,
    account: Pick<AccountEntity, 'id'>,
    person: ExternalPerson,
    origin: RequestOrigin,
  ): Promise<string | undefined> {
    const now = this.clock.now();
    const { provider, issuer, subject, email } = person;
    const row = { id: newId(), userId: account.id, provider, issuer, subject, email, createdAt: now, lastUsedAt: now };
    if (!(await this.identities.insert(tx, row))) {
      const existing = await this.identities.find(tx, issuer, subject);
      return existing?.userId === account.id ? existing.id : undefined;
    }
    await this.audit.append(tx, { action: 'identity.linked', userId: account.id, detail: { provider } }, origin);
    return row.id;
  }
}

const METHODS: readonly ExternalPerson['kind'][] = ['google', 'linkedin', 'oidc'];
