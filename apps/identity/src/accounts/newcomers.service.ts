import { Inject, Injectable } from '@nestjs/common';
import type { Tx } from '#persistence';
import { AuditLogRepository, type RequestOrigin } from '../audit/audit-log.repository.js';
import type { IdentityOwnSettings } from '../config.js';
import { SETTINGS } from '../tokens.js';
import type { AccountEntity } from './account.entity.js';
import { AccountFactory, type NewAccount } from './account-factory.js';
import { AccountRepository } from './account.repository.js';

const NAME_MAX = 100;

/** People who become accounts without a registration form: whoever vouches for the address (a code, a provider) did. */
@Injectable()
export class NewcomersService {
  constructor(
    @Inject(SETTINGS) private readonly settings: IdentityOwnSettings,
    private readonly accounts: AccountRepository,
    private readonly factory: AccountFactory,
    private readonly audit: AuditLogRepository,
  ) {}

  /** On an installation for one person only that person's address opens anything. */
  async mayComeIn(email: string): Promise<boolean> {
    if (!this.settings.SINGLE_USER) return true;
    return (await this.accounts.owner())?.email.toLowerCase() === email.toLowerCase();
  }

  /** The new account, its address proven; the existing one if it came in between; undefined where nobody may come. */
  async welcome(
    tx: Tx,
    email: string,
    origin: RequestOrigin,
    { method = 'otp', fullName }: { method?: NewAccount['method']; fullName?: string } = {},
  ): Promise<AccountEntity | undefined> {
    if (this.settings.SINGLE_USER) return undefined;
    const account = await this.factory.create(
      tx,
      {
        email,
        fullName: nameFor(email, fullName),
        passwordHash: null,
        roles: ['user'],
        emailVerified: true,
        method,
      },
      origin.requestId,
    );
    if (account === undefined) return (await this.accounts.lockByEmail(tx, email)) ?? undefined;
    await this.audit.append(tx, { action: 'account.registered', userId: account.id, detail: { method } }, origin);
    return account;
  }
}

/** Something to be called until its owner says otherwise. */
function nameFor(email: string, fullName: string | undefined): string {
  // Control characters have no place in a line of text.
  const told =
    fullName
      ?.normalize('NFC')
      .replaceAll(/\p{Cc}/gu, ' ')
      .trim()
      .slice(0, NAME_MAX) ?? '';
  return told === '' ? (email.split('@')[0] ?? email).slice(0, NAME_MAX) : told;
}
