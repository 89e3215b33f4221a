import { Injectable } from '@nestjs/common';
import type { User } from '#contracts';
import { notFound } from '#kernel';
import { callerId, type RpcContext } from '#messaging';
import { UnitOfWork } from '#persistence';
import { tidy } from '../tidy.js';
import type { AccountEntity } from './account.entity.js';
import { AccountRepository } from './account.repository.js';
import { toUser } from './user-view.js';

/** One's own account. */
@Injectable()
export class AccountsService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly accounts: AccountRepository,
  ) {}

  async getOwn(context: RpcContext): Promise<User> {
    return toUser(there(await this.accounts.findById(callerId(context))));
  }

  updateOwn(change: { full_name?: string }, context: RpcContext): Promise<User> {
    const { full_name: fullName } = tidy(change);
    return this.unitOfWork.run(async (tx) => {
      const account = there(await this.accounts.lock(tx, callerId(context)));
      if (fullName === undefined) return toUser(account);
      await this.accounts.update(tx, account.id, { fullName });
      return toUser({ ...account, fullName });
    });
  }
}

function there(account: AccountEntity | null): AccountEntity {
  if (account === null) throw notFound('The account');
  return account;
}
