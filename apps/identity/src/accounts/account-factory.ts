import { Inject, Injectable } from '@nestjs/common';
import { type Role, type Static, UserRegisteredV1 } from '#contracts';
import { type Clock, newId } from '#kernel';
import { Outbox } from '#messaging';
import type { Tx } from '#persistence';
import { CLOCK } from '#platform';
import { ProfileRepository } from '../profile/profile.repository.js';
import type { AccountEntity } from './account.entity.js';
import { AccountRepository } from './account.repository.js';

export interface NewAccount {
  email: string;
  fullName: string;
  passwordHash: string | null;
  passwordOneTime?: boolean;
  roles: Role[];
  isOwner?: boolean;
  /** Whoever made the account vouches for the address. */
  emailVerified?: boolean;
  /** When it was made in the system it comes from. */
  createdAt?: Date;
  method: Static<typeof UserRegisteredV1.data>['method'];
}

/** What belongs together when somebody becomes an account, however he came. */
@Injectable()
export class AccountFactory {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly accounts: AccountRepository,
    private readonly profiles: ProfileRepository,
    private readonly outbox: Outbox,
  ) {}

  /** Undefined when the address (or the seat of the owner) is taken. */
  async create(tx: Tx, wanted: NewAccount, requestId?: string): Promise<AccountEntity | undefined> {
    const now = this.clock.now();
    const account: AccountEntity = {
      id: newId(),
      email: wanted.email,
      fullName: wanted.fullName,
      passwordHash: wanted.passwordHash,
      passwordOneTime: wanted.passwordOneTime ?? false,
      roles: wanted.roles,
      isOwner: wanted.isOwner ?? false,
      emailVerifiedAt: wanted.emailVerified === true ? now : null,
      blockedAt: null,
      accessChangedAt: null,
      companiesVersion: 0,
      createdAt: wanted.createdAt ?? now,
    };
    if (!(await this.accounts.insert(tx, account))) return undefined;
    await this.profiles.createEmpty(tx, account.id, account.createdAt);
    await this.outbox.add(
      tx,
      UserRegisteredV1,
      { user_id: account.id, method: wanted.method },
      { subject: account.id, requestId },
    );
    return account;
  }
}
