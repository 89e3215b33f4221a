import { messagingMigrations } from '#messaging';
import type { ServiceSchema } from '#persistence';
import { AccountEntity } from './accounts/account.entity.js';
import { CreateAccounts1764000000000 } from './migrations/1764000000000-create-accounts.js';
import { CreateProfiles1764000001000 } from './migrations/1764000001000-create-profiles.js';
import { CreateAuditLog1764000002000 } from './migrations/1764000002000-create-audit-log.js';
import { CreateMailTokens1765000000000 } from './migrations/1765000000000-create-mail-tokens.js';
import { SkillEntity } from './profile/skill.entity.js';

export const identitySchema: ServiceSchema = {
  service: 'identity',
  entities: [AccountEntity, SkillEntity],
  migrations: [
    ...messagingMigrations,
    CreateAccounts1764000000000,
    CreateProfiles1764000001000,
    CreateAuditLog1764000002000,
    CreateMailTokens1765000000000,
  ],
};
