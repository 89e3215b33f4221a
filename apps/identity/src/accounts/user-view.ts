import type { AdminUser, EmployerCompany, Me, User } from '#contracts';
import type { StoredCompany } from '../employer-companies/employer-company.repository.js';
import type { FactorStatus } from '../mfa/second-factor.repository.js';
import type { AccountEntity } from './account.entity.js';

export const toUser = (account: AccountEntity): User => ({
  id: account.id,
  email: account.email,
  full_name: account.fullName,
  roles: account.roles,
  email_verified: account.emailVerifiedAt !== null,
  password_must_change: account.passwordOneTime,
  created_at: account.createdAt.toISOString(),
});

export const toMe = (
  account: AccountEntity,
  { isOn, codesLeft }: FactorStatus,
  isDemanded: boolean,
  companies: readonly StoredCompany[] = [],
): Me => ({
  ...toUser(account),
  employer_for: companies.map(toEmployerCompany),
  mfa_enabled: isOn,
  mfa_setup_required: isDemanded && !isOn,
  recovery_codes_left: codesLeft,
});

export const toAdminUser = (account: AccountEntity, companies: readonly StoredCompany[] = []): AdminUser => ({
  ...toUser(account),
  employer_for: companies.map(toEmployerCompany),
  is_owner: account.isOwner,
  blocked: account.blockedAt !== null,
});

const toEmployerCompany = ({ company, domain, grantedAt }: StoredCompany): EmployerCompany => ({
  company,
  domain,
  granted_at: grantedAt.toISOString(),
});
