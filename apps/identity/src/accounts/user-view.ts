import type { AdminUser, User } from '#contracts';
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

export const toAdminUser = (account: AccountEntity): AdminUser => ({
  ...toUser(account),
  is_owner: account.isOwner,
  blocked: account.blockedAt !== null,
});
