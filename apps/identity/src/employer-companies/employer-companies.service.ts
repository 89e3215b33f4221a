import { Inject, Injectable } from '@nestjs/common';
import { EmployerCompaniesChangedV1, type Role } from '#contracts';
import { type Clock, type FieldProblem, invalid } from '#kernel';
import { callerId, Outbox, type RpcContext } from '#messaging';
import type { Tx } from '#persistence';
import { CLOCK } from '#platform';
import type { AccountEntity } from '../accounts/account.entity.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { AuditLogRepository } from '../audit/audit-log.repository.js';
import { tidy } from '../tidy.js';
import { type GrantedCompany, grantedCompanies, type NamedCompany } from './domain/granted-companies.js';
import { EmployerCompanyRepository, type StoredCompany } from './employer-company.repository.js';

/** For whom an employer may speak, as far as admins vouch. */
@Injectable()
export class EmployerCompaniesService {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly accounts: AccountRepository,
    private readonly companies: EmployerCompanyRepository,
    private readonly audit: AuditLogRepository,
  ) {}

  /**
   * The list the account has from now on: `named` in place of what it has, nothing without the role. Called with the
   * account locked, and last but for other history.
   */
  async settle(
    tx: Tx,
    account: Pick<AccountEntity, 'id' | 'roles' | 'companiesVersion'>,
    named: readonly NamedCompany[] | undefined,
    context: RpcContext,
  ): Promise<readonly StoredCompany[]> {
    const held = (await this.companies.of(tx, [account.id])).get(account.id) ?? [];
    const wanted = this.wanted(account.roles, named, held);
    if (isSame(held, wanted)) return held;
    const version = account.companiesVersion + 1;
    await this.accounts.update(tx, account.id, { companiesVersion: version });
    await this.companies.replace(tx, account.id, wanted, { by: callerId(context), at: this.clock.now() });
    // Names are what an admin typed; readers and history need what they are compared by.
    const told = wanted.map(({ companyKey, domain }) => ({ company_key: companyKey, domain }));
    await this.outbox.add(
      tx,
      EmployerCompaniesChangedV1,
      { user_id: account.id, version, companies: told },
      { subject: account.id, requestId: context.requestId },
    );
    await this.audit.append(
      tx,
      {
        action: 'account.employer-companies-changed',
        userId: account.id,
        actorId: callerId(context),
        detail: { employer_for: told },
      },
      context,
    );
    return (await this.companies.of(tx, [account.id])).get(account.id) ?? [];
  }

  private wanted(
    roles: readonly Role[],
    named: readonly NamedCompany[] | undefined,
    held: readonly GrantedCompany[],
  ): readonly GrantedCompany[] {
    const isEmployer = roles.includes('employer');
    if (named === undefined) return isEmployer ? held : [];
    if (named.length > 0 && !isEmployer) throw invalid([NEEDS_ROLE]);
    const { companies, problems } = grantedCompanies(tidy({ employer_for: named }).employer_for);
    if (problems.length > 0) throw invalid(problems);
    return companies;
  }
}

const NEEDS_ROLE: FieldProblem = { field: 'employer_for', message: 'needs the role employer' };

const isSame = (a: readonly GrantedCompany[], b: readonly GrantedCompany[]): boolean => {
  const keyed = (list: readonly GrantedCompany[]): string =>
    JSON.stringify(list.map(({ companyKey, company, domain }) => [companyKey, company, domain]).sort());
  return keyed(a) === keyed(b);
};
