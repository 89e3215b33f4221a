import { Inject, Injectable } from '@nestjs/common';
import {
  type BeginPasskeyRequest,
  type listPasskeys,
  type Passkey,
  type PasskeyCreation,
  registerPasskey,
  type RegisterPasskeyRequest,
  type Static,
} from '#contracts';
import { type Clock, conflict, invalid, newId, notFound } from '#kernel';
import { callerId, Idempotency, type RpcContext } from '#messaging';
import { Database, type Tx, UnitOfWork } from '#persistence';
import { CLOCK } from '#platform';
import type { AccountEntity } from '../accounts/account.entity.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { AuditLogRepository } from '../audit/audit-log.repository.js';
import { OutgoingMail } from '../mail/outgoing-mail.js';
import { SecondFactorRepository } from '../mfa/second-factor.repository.js';
import { SecondFactorService } from '../mfa/second-factor.service.js';
import { ReauthenticationService } from '../passwords/reauthentication.service.js';
import { WaysIn } from '../sign-in/ways-in.js';
import { tidy } from '../tidy.js';
import { passkeyName } from './domain/passkey-name.js';
import { type ChallengeOwner, PasskeyChallenges } from './passkey-challenges.js';
import { type NewPasskey, PasskeyRepository, type PasskeyRow } from './passkey.repository.js';
import { challengeIn, WebAuthn } from './webauthn.js';

const MAX_PASSKEYS = 20;

/** The passkeys of one's account. */
@Injectable()
export class PasskeysService {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly accounts: AccountRepository,
    private readonly passkeys: PasskeyRepository,
    private readonly challenges: PasskeyChallenges,
    private readonly webauthn: WebAuthn,
    private readonly reauthentication: ReauthenticationService,
    private readonly factors: SecondFactorRepository,
    private readonly secondFactor: SecondFactorService,
    private readonly waysIn: WaysIn,
    private readonly mail: OutgoingMail,
    private readonly audit: AuditLogRepository,
  ) {}

  /** A passkey is two factors by itself: where the account has two, both are needed to add one. */
  async begin({ current_password, ...proof }: BeginPasskeyRequest, context: RpcContext): Promise<PasskeyCreation> {
    const account = there(await this.accounts.findById(callerId(context)));
    await this.reauthentication.require(account, current_password, context);
    const begin = async (tx: Tx): Promise<PasskeyCreation> => {
      const challenge = await this.challenges.begin(tx, ownerOf(context));
      const passkeys = await this.passkeys.listOf(tx, account.id);
      return this.webauthn.creation(challenge, { id: account.id, name: account.email, passkeys });
    };
    const { isOn } = await this.factors.statusOf(this.database, account.id);
    return isOn ? this.secondFactor.prove(account.id, proof, context, begin) : this.unitOfWork.run(begin);
  }

  /** A try that fails leaves the challenge: it is of use to this session alone. */
  register(request: RegisterPasskeyRequest, context: RpcContext): Promise<Passkey> {
    const { credential } = request;
    // Not every browser says; but one that says no would leave a passkey that never signs anybody in.
    if (credential.clientExtensionResults?.credProps?.rk === false) throw notDiscoverable();
    const { name } = tidy({ name: request.name });
    return this.idempotency.run(registerPasskey, request, context, async (tx) => {
      const account = there(await this.accounts.lock(tx, callerId(context)));
      const challenge = challengeIn(credential.response.clientDataJSON);
      const isOurs = challenge !== undefined && (await this.challenges.take(tx, challenge, ownerOf(context)));
      const proven = isOurs ? await this.webauthn.register(credential, challenge) : undefined;
      if (proven === undefined) throw refused();
      const row: NewPasskey = {
        ...proven,
        id: newId(),
        userId: account.id,
        transports: credential.response.transports ?? [],
        name: name ?? passkeyName(proven.aaguid, context.userAgent),
        createdAt: this.clock.now(),
      };
      await this.store(tx, account, row, context);
      return toPasskey({ ...row, lastUsedAt: null });
    });
  }

  async list(userId: string): Promise<Static<typeof listPasskeys.response>> {
    return { passkeys: (await this.passkeys.listOf(this.database, userId)).map(toPasskey) };
  }

  delete(id: string, context: RpcContext): Promise<void> {
    const userId = callerId(context);
    return this.unitOfWork.run(async (tx) => {
      const account = await this.accounts.lock(tx, userId);
      const removed = await this.passkeys.remove(tx, userId, id);
      if (account === null || removed === undefined) throw notFound('The passkey');
      await this.waysIn.assertOneLeft(tx, account);
      await this.mail.notify(tx, account, 'passkey_removed', context, { name: removed.name });
      await this.audit.append(tx, { action: 'passkey.removed', userId, detail: { passkey_id: id } }, context);
    });
  }

  private async store(tx: Tx, account: AccountEntity, row: NewPasskey, context: RpcContext): Promise<void> {
    if ((await this.passkeys.listOf(tx, account.id)).length >= MAX_PASSKEYS) {
      throw conflict('LIMIT_REACHED', `An account has at most ${MAX_PASSKEYS} passkeys; delete one first.`);
    }
    if (!(await this.passkeys.insert(tx, row))) throw conflict('ALREADY_EXISTS', 'This passkey is registered already.');
    await this.mail.notify(tx, account, 'passkey_added', context, { name: row.name });
    const detail = { passkey_id: row.id, aaguid: row.aaguid };
    await this.audit.append(tx, { action: 'passkey.added', userId: account.id, detail }, context);
  }
}

const ownerOf = (context: RpcContext): ChallengeOwner => ({
  userId: callerId(context),
  sessionId: context.caller?.session_id ?? null,
});

function there(account: AccountEntity | null): AccountEntity {
  if (account === null) throw notFound('The account');
  return account;
}

const refused = (): Error =>
  invalid([
    { field: 'credential', message: 'does not answer the options that were given to this session; ask for new ones' },
  ]);

const notDiscoverable = (): Error =>
  invalid([
    {
      field: 'credential',
      message: 'is kept by no device that finds it without an address (credProps.rk is false); choose another device',
    },
  ]);

const toPasskey = (row: Pick<PasskeyRow, 'id' | 'name' | 'backedUp' | 'createdAt' | 'lastUsedAt'>): Passkey => ({
  id: row.id,
  name: row.name,
  is_synced: row.backedUp,
  created_at: row.createdAt.toISOString(),
  last_used_at: row.lastUsedAt?.toISOString() ?? null,
});
