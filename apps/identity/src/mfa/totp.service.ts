import { Inject, Injectable } from '@nestjs/common';
import type {
  disableTotp,
  DisableTotpRequest,
  EnabledTotp,
  renewRecoveryCodes,
  RenewRecoveryCodesRequest,
  Static,
  TotpSetup,
} from '#contracts';
import { type Clock, conflict, invalid, notFound } from '#kernel';
import { callerId, type RpcContext } from '#messaging';
import { Database, type Queryable, type Tx, UnitOfWork } from '#persistence';
import { CLOCK } from '#platform';
import type { AccountEntity } from '../accounts/account.entity.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { AuditLogRepository } from '../audit/audit-log.repository.js';
import type { IdentityOwnSettings } from '../config.js';
import { OutgoingMail } from '../mail/outgoing-mail.js';
import { PASSWORD_MIN_ALONE, passwordLength } from '../passwords/domain/password-policy.js';
import { ReauthenticationService } from '../passwords/reauthentication.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SETTINGS } from '../tokens.js';
import { hashOfRecoveryCode, newRecoveryCodes } from './domain/recovery-codes.js';
import { keyUri, newTotpSecret, stepOf } from './domain/totp.js';
import { FactorDemand } from './factor-demand.js';
import { SecondFactorRepository } from './second-factor.repository.js';
import { SecondFactorService, wrongFactor } from './second-factor.service.js';

/** People find their phone, install an app, scan a picture. */
const SETUP_MS = 15 * 60_000;

/**
 * Setting an authenticator up and taking it away. Whatever would be a way around it (no factor, new recovery codes)
 * needs a code beside the password: a stolen session and a guessed password together must not be enough.
 */
@Injectable()
export class TotpService {
  constructor(
    @Inject(SETTINGS) private readonly settings: IdentityOwnSettings,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly factors: SecondFactorRepository,
    private readonly secondFactor: SecondFactorService,
    private readonly demand: FactorDemand,
    private readonly reauthentication: ReauthenticationService,
    private readonly sessions: SessionsService,
    private readonly mail: OutgoingMail,
    private readonly audit: AuditLogRepository,
  ) {}

  /** Guards nothing yet: somebody who scanned it wrongly must not be locked out. */
  async setUp(request: { current_password?: string }, context: RpcContext): Promise<TotpSetup> {
    const account = await this.reauthenticated(request, context);
    const secret = newTotpSecret();
    const sealed = this.secondFactor.seal(account.id, secret);
    const isPending = await this.unitOfWork.run(async (tx) => {
      if ((await this.accounts.lock(tx, account.id)) === null) throw notFound('The account');
      return this.factors.putPending(tx, account.id, sealed, this.clock.now());
    });
    if (!isPending) throw conflict('ALREADY_EXISTS', 'An authenticator is set up; take it away first.');
    const issuer = this.settings.INSTALLATION_NAME;
    const otpauth_uri = keyUri(secret, issuer, account.email);
    return { secret, otpauth_uri, issuer, expires_in: SETUP_MS / 1000 };
  }

  /** From here on signing in takes it. Ends every other session: they were opened without. */
  async enable({ code }: { code: string }, context: RpcContext): Promise<EnabledTotp> {
    const userId = callerId(context);
    // Before the try is counted: whoever has set nothing up guesses at nothing.
    await this.pendingSecret(this.database, userId);
    const outcome = await this.secondFactor.tryAs<EnabledTotp>(userId, context, async (tx, account) => {
      const step = stepOf(await this.pendingSecret(tx, account.id), code, this.clock.now());
      if (step === undefined) return 'wrong';
      await this.factors.enable(tx, account.id, step, this.clock.now());
      const recovery_codes = await this.newCodes(tx, account.id);
      const sessions_revoked = await this.endOthers(tx, account.id, context);
      await this.mail.notify(tx, account, 'mfa_enabled', context);
      const detail = { sessions_revoked };
      await this.audit.append(tx, { action: 'mfa.enabled', userId: account.id, detail }, context);
      return { status: 'enabled', recovery_codes, sessions_revoked };
    });
    if (outcome === 'wrong') throw wrongFactor('code');
    return outcome;
  }

  async disable(
    { current_password, ...proof }: DisableTotpRequest,
    context: RpcContext,
  ): Promise<Static<typeof disableTotp.response>> {
    const { id, roles } = await this.guarded({ current_password }, context);
    this.demand.assertMayDoWithout({ roles });
    if (this.settings.PASSWORDS_STRICT && current_password !== undefined) refuseShortAlone(current_password);
    return this.secondFactor.prove(id, proof, context, async (tx, account) => {
      await this.factors.drop(tx, id);
      const sessions_revoked = await this.endOthers(tx, id, context);
      await this.mail.notify(tx, account, 'mfa_disabled', context);
      await this.audit.append(tx, { action: 'mfa.disabled', userId: id, detail: { sessions_revoked } }, context);
      return { status: 'disabled', sessions_revoked };
    });
  }

  async renewCodes(
    { current_password, ...proof }: RenewRecoveryCodesRequest,
    context: RpcContext,
  ): Promise<Static<typeof renewRecoveryCodes.response>> {
    const { id } = await this.guarded({ current_password }, context);
    return this.secondFactor.prove(id, proof, context, async (tx, account) => {
      const recovery_codes = await this.newCodes(tx, id);
      await this.mail.notify(tx, account, 'recovery_codes_renewed', context);
      await this.audit.append(tx, { action: 'mfa.recovery-renewed', userId: id }, context);
      return { recovery_codes };
    });
  }

  private async reauthenticated(request: { current_password?: string }, context: RpcContext): Promise<AccountEntity> {
    const account = await this.accounts.findById(callerId(context));
    if (account === null) throw notFound('The account');
    await this.reauthentication.require(account, request.current_password, context);
    return account;
  }

  private async guarded(request: { current_password?: string }, context: RpcContext): Promise<AccountEntity> {
    const account = await this.reauthenticated(request, context);
    if ((await this.factors.statusOf(this.database, account.id)).isOn) return account;
    throw conflict('CONFLICT', 'No authenticator is set up; begin with POST /auth/mfa/totp/setup.');
  }

  private async pendingSecret(db: Queryable, userId: string): Promise<string> {
    const factor = await this.factors.find(db, userId);
    if (factor !== undefined && factor.enabledAt !== null) {
      throw conflict('ALREADY_EXISTS', 'The authenticator is set up already.');
    }
    if (factor === undefined || factor.createdAt.getTime() + SETUP_MS <= this.clock.now().getTime()) {
      throw conflict('CONFLICT', 'No authenticator waits to be confirmed; begin with POST /auth/mfa/totp/setup.');
    }
    return this.secondFactor.open(userId, factor.secretSealed);
  }

  private async newCodes(tx: Tx, userId: string): Promise<string[]> {
    const codes = newRecoveryCodes();
    const hashes = codes.map((code) => hashOfRecoveryCode(userId, code));
    await this.factors.putCodes(tx, userId, hashes, this.clock.now());
    return codes;
  }

  private endOthers(tx: Tx, userId: string, context: RpcContext): Promise<number> {
    const except = context.caller?.session_id;
    return this.sessions.revoke(tx, { userId, except }, 'factor-change', context);
  }
}

function refuseShortAlone(password: string): void {
  if (passwordLength(password) >= PASSWORD_MIN_ALONE) return;
  const message = `has fewer than ${PASSWORD_MIN_ALONE} characters, too few without a second factor; change it first`;
  throw invalid([{ field: 'current_password', message }]);
}
