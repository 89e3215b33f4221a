import { messagingMigrations } from '#messaging';
import type { ServiceSchema } from '#persistence';
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
  ],
  userData: identityUserData,
};
