import { Inject, Injectable } from '@nestjs/common';
import type { ExternalIdentity, listIdentities, startLinking, Static } from '#contracts';
import { AppError, conflict, notFound } from '#kernel';
import { callerId, type RpcContext } from '#messaging';
import { Database, UnitOfWork } from '#persistence';
import type { AccountEntity } from '../accounts/account.entity.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { AuditLogRepository } from '../audit/audit-log.repository.js';
import type { IdentityOwnSettings } from '../config.js';
import { invalidToken } from '../mail-verification/mail-tokens.js';
import { ReauthenticationService } from '../passwords/reauthentication.service.js';
import { PendingSteps } from '../sign-in/pending-steps.js';
import { WaysIn } from '../sign-in/ways-in.js';
import { SETTINGS } from '../tokens.js';
import type { ExternalPerson } from './domain/provider.js';
import { ExternalIdentityRepository, type ExternalIdentityRow } from './external-identity.repository.js';
import { ExternalProviders } from './external-providers.js';
import { ExternalSignInService } from './external-sign-in.service.js';

const START_MS = 5 * 60_000;

/**
 * Linking begins and ends with the person's own token, the dance in between happens in a browser. So neither can
 * somebody have his identity linked to another's account, nor another's identity to his.
 */
@Injectable()
export class LinkingService {
  constructor(
    @Inject(SETTINGS) private readonly settings: IdentityOwnSettings,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly identities: ExternalIdentityRepository,
    private readonly providers: ExternalProviders,
    private readonly reauthentication: ReauthenticationService,
    private readonly signIn: ExternalSignInService,
    private readonly steps: PendingSteps,
    private readonly waysIn: WaysIn,
    private readonly audit: AuditLogRepository,
  ) {}

  async list(userId: string): Promise<Static<typeof listIdentities.response>> {
    return { identities: (await this.identities.listOf(this.database, userId)).map(toIdentity) };
  }

  async start(
    { provider: id, return_to, current_password }: Static<typeof startLinking.request>,
    context: RpcContext,
  ): Promise<Static<typeof startLinking.response>> {
    const provider = this.providers.get(id);
    const account = confirmed(await this.accounts.findById(callerId(context)));
    await this.reauthentication.require(account, current_password, context);
    const wanted = { userId: account.id, method: provider.kind, lifeMs: START_MS };
    const token = await this.unitOfWork.run((tx) => this.steps.begin(tx, 'link-start', wanted));
    const path = provider.kind === 'oidc' ? `oidc/${id}` : id;
    const url = new URL(`${this.settings.PUBLIC_URL.replace(/\/+$/, '')}/api/v1/auth/${path}`);
    url.searchParams.set('link_token', token);
    if (return_to !== undefined) url.searchParams.set('return_to', return_to);
    return { start_url: url.href, expires_in: START_MS / 1000 };
  }

  async confirm(code: string, context: RpcContext): Promise<ExternalIdentity> {
    const userId = callerId(context);
    const linked = await this.unitOfWork.run(async (tx) => {
      const account = confirmed(await this.accounts.lock(tx, userId));
      const step = await this.steps.take(tx, 'link', code);
      if (step?.content === undefined || step.userId !== userId) return 'invalid';
      const person = JSON.parse(step.content) as ExternalPerson;
      if (!person.emailVerified) throw unconfirmed('The provider did not confirm an e-mail address of yours.');
      const id = await this.signIn.link(tx, account, person, context);
      if (id === undefined) throw conflict('ALREADY_EXISTS', 'This identity belongs to another account.');
      return (await this.identities.listOf(tx, userId)).find((row) => row.id === id);
    });
    // Outside: a code that was tried by the wrong account must stay used up.
    if (linked === 'invalid' || linked === undefined) throw invalidToken('link_code');
    return toIdentity(linked);
  }

  unlink(identityId: string, context: RpcContext): Promise<void> {
    const userId = callerId(context);
    return this.unitOfWork.run(async (tx) => {
      const account = await this.accounts.lock(tx, userId);
      const removed = await this.identities.remove(tx, userId, identityId);
      if (account === null || removed === undefined) throw notFound('The identity');
      await this.waysIn.assertOneLeft(tx, account);
      const detail = { provider: removed.provider };
      await this.audit.append(tx, { action: 'identity.unlinked', userId, detail }, context);
    });
  }
}

function confirmed(account: AccountEntity | null): AccountEntity {
  if (account === null) throw notFound('The account');
  if (account.emailVerifiedAt === null) {
    throw unconfirmed('Confirm the e-mail address of the account first (POST /auth/resend-verification).');
  }
  return account;
}

const unconfirmed = (message: string): AppError =>
  new AppError({ code: 'EMAIL_NOT_VERIFIED', kind: 'forbidden', message });

const toIdentity = (row: ExternalIdentityRow): ExternalIdentity => ({
  id: row.id,
  provider: row.provider,
  email: row.email,
  created_at: row.createdAt.toISOString(),
  last_used_at: row.lastUsedAt.toISOString(),
});
