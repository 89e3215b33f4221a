import { messagingMigrations } from '#messaging';
import type { ServiceSchema } from '#persistence';
import { GenerationEntity } from './generations/generation.entity.js';
import { CoverLetterEntity } from './letters/cover-letter.entity.js';
import { CreateGenerations1764000000000 } from './migrations/1764000000000-create-generations.js';
import { aiContentUserData } from './user-data.js';

export const aiContentSchema: ServiceSchema = {
  service: 'ai-content',
  entities: [GenerationEntity, CoverLetterEntity],
  migrations: [...messagingMigrations, CreateGenerations1764000000000],
  userData: aiContentUserData,
};
