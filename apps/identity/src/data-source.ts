import { messagingMigrations } from '#messaging';
import { CreateDailyUse1770000100000, type ServiceSchema } from '#persistence';
import { AccountEntity } from './accounts/account.entity.js';
import { AchievementEntity } from './achievements/achievement.entity.js';
import { GoalEntity, GoalProgressEntity } from './goals/goal.entity.js';
import { CreateAccounts1764000000000 } from './migrations/1764000000000-create-accounts.js';
import { CreateProfiles1764000001000 } from './migrations/1764000001000-create-profiles.js';
import { CreateAuditLog1764000002000 } from './migrations/1764000002000-create-audit-log.js';
import { CreateMailTokens1765000000000 } from './migrations/1765000000000-create-mail-tokens.js';
import { CreateSignInCodes1765000001000 } from './migrations/1765000001000-create-sign-in-codes.js';
import { CreateExternalIdentities1765000002000 } from './migrations/1765000002000-create-external-identities.js';
import { CreateAchievementsAndGoals1766000000000 } from './migrations/1766000000000-create-achievements-and-goals.js';
import { CreateAvatars1766000001000 } from './migrations/1766000001000-create-avatars.js';
import { CreateSocialGraph1766000002000 } from './migrations/1766000002000-create-social-graph.js';
import { CreateMessages1766000003000 } from './migrations/1766000003000-create-messages.js';
import { CreateApiKeys1767000000000 } from './migrations/1767000000000-create-api-keys.js';
import { CreateMyData1768000000100 } from './migrations/1768000000100-create-my-data.js';
import { CreateSecondFactors1769000000000 } from './migrations/1769000000000-create-second-factors.js';
import { CreatePasskeys1769000001000 } from './migrations/1769000001000-create-passkeys.js';
import { EraseLateAuditRows1769500000001 } from './migrations/1769500000001-erase-late-audit-rows.js';
import { KeepForAWhile1769700000000 } from './migrations/1769700000000-keep-for-a-while.js';
import { SealAuditLog1770000000000 } from './migrations/1770000000000-seal-audit-log.js';
import { ReaddressAvatars1770200000000 } from './migrations/1770200000000-readdress-avatars.js';
import { AnnounceKeyEnds1770200001000 } from './migrations/1770200001000-announce-key-ends.js';
import { CreateEmployerCompanies1770300000000 } from './migrations/1770300000000-create-employer-companies.js';
import { SkillEntity } from './profile/skill.entity.js';
import { identityUserData } from './user-data.js';

export const identitySchema: ServiceSchema = {
  service: 'identity',
  entities: [AccountEntity, SkillEntity, AchievementEntity, GoalEntity, GoalProgressEntity],
  migrations: [
    ...messagingMigrations,
    CreateAccounts1764000000000,
    CreateProfiles1764000001000,
    CreateAuditLog1764000002000,
    CreateMailTokens1765000000000,
    CreateSignInCodes1765000001000,
    CreateExternalIdentities1765000002000,
    CreateAchievementsAndGoals1766000000000,
    CreateAvatars1766000001000,
    CreateSocialGraph1766000002000,
    CreateMessages1766000003000,
    CreateApiKeys1767000000000,
    CreateMyData1768000000100,
    CreateSecondFactors1769000000000,
    CreatePasskeys1769000001000,
    EraseLateAuditRows1769500000001,
    KeepForAWhile1769700000000,
    SealAuditLog1770000000000,
    CreateDailyUse1770000100000,
    ReaddressAvatars1770200000000,
    AnnounceKeyEnds1770200001000,
    CreateEmployerCompanies1770300000000,
  ],
  appendOnly: ['audit_log'],
  sealed: [
    { table: 'signing_key', column: 'private_key_sealed', owner: 'kid', boundTo: 'signing_key' },
    { table: 'totp_factor', column: 'secret_sealed', owner: 'user_id' },
    { table: 'erasure', column: 'sealed_contact', owner: 'id' },
    { table: 'audit_seal', column: 'key_sealed', owner: 'id' },
    { table: 'pending_step', column: 'content_sealed', goneWithin: '10 minutes' },
    { table: 'external_flow', column: 'secrets_sealed', goneWithin: '10 minutes' },
  ],
  userData: identityUserData,
};
