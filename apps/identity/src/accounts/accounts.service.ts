import { Injectable } from '@nestjs/common';
import type { Me } from '#contracts';
import { notFound } from '#kernel';
import { callerId, type RpcContext } from '#messaging';
import { Database, type Queryable, UnitOfWork } from '#persistence';
import { EmployerCompanyRepository } from '../employer-companies/employer-company.repository.js';
import { FactorDemand } from '../mfa/factor-demand.js';
import { SecondFactorRepository } from '../mfa/second-factor.repository.js';
import { tidy } from '../tidy.js';
import type { AccountEntity } from './account.entity.js';
import { AccountRepository } from './account.repository.js';
import { toMe } from './user-view.js';

/** One's own account. */
@Injectable()
export class AccountsService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly database: Database,
    private readonly accounts: AccountRepository,
    private readonly factors: SecondFactorRepository,
    private readonly demand: FactorDemand,
    private readonly companies: EmployerCompanyRepository,
  ) {}

  async getOwn(context: RpcContext): Promise<Me> {
    const account = there(await this.accounts.findById(callerId(context)));
    return this.view(this.database, account);
  }

  /** An address nobody has confirmed is not written to: it may be a stranger's. */
  async mailAddress(userId: string): Promise<string | null> {
    const account = await this.accounts.findById(userId);
    return account === null || account.emailVerifiedAt === null ? null : account.email;
  }

  updateOwn(change: { full_name?: string }, context: RpcContext): Promise<Me> {
    const { full_name: fullName } = tidy(change);
    return this.unitOfWork.run(async (tx) => {
      const account = there(await this.accounts.lock(tx, callerId(context)));
      if (fullName === undefined) return this.view(tx, account);
      await this.accounts.update(tx, account.id, { fullName });
      return this.view(tx, { ...account, fullName });
    });
  }

  private async view(db: Queryable, account: AccountEntity): Promise<Me> {
    const companies = await this.companies.of(db, [account.id]);
    const status = await this.factors.statusOf(db, account.id);
    return toMe(account, status, this.demand.isMadeOf(account), companies.get(account.id));
  }
}

function there(account: AccountEntity | null): AccountEntity {
  if (account === null) throw notFound('The account');
  return account;
}
