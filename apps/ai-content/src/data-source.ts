import { messagingMigrations } from '#messaging';
import { CreateDailyUse1770000100000, type ServiceSchema } from '#persistence';
import { GenerationEntity } from './generations/generation.entity.js';
import { CoverLetterEntity } from './letters/cover-letter.entity.js';
import { CreateGenerations1764000000000 } from './migrations/1764000000000-create-generations.js';
import { FindGenerationsWithoutALetter1769700000000 } from './migrations/1769700000000-find-generations-without-a-letter.js';
import { aiContentUserData } from './user-data.js';

export const aiContentSchema: ServiceSchema = {
  service: 'ai-content',
  entities: [GenerationEntity, CoverLetterEntity],
  migrations: [
    ...messagingMigrations,
    CreateGenerations1764000000000,
    FindGenerationsWithoutALetter1769700000000,
    CreateDailyUse1770000100000,
  ],
  userData: aiContentUserData,
};
