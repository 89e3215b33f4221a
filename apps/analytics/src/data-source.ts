import { messagingMigrations } from '#messaging';
import type { ServiceSchema } from '#persistence';
import {
  ActivityEntity,
  ApplicationStepEntity,
  BookmarkEntity,
  DeletedApplicationEntity,
} from './facts/fact.entities.js';
import { CreateFacts1764000000000 } from './migrations/1764000000000-create-facts.js';
import { FindOldActivity1769700000000 } from './migrations/1769700000000-find-old-activity.js';
import { analyticsUserData } from './user-data.js';

export const analyticsSchema: ServiceSchema = {
  service: 'analytics',
  entities: [ActivityEntity, ApplicationStepEntity, BookmarkEntity, DeletedApplicationEntity],
  migrations: [...messagingMigrations, CreateFacts1764000000000, FindOldActivity1769700000000],
  userData: analyticsUserData,
};
