import { messagingMigrations } from '#messaging';
import type { ServiceSchema } from '#persistence';
import { CreateTracking1764000000000 } from './migrations/1764000000000-create-tracking.js';
import { ApplicationEntity } from './tracking/application.entity.js';
import { TimelineEntryEntity } from './tracking/timeline-entry.entity.js';
import { applicationsUserData } from './user-data.js';

export const applicationsSchema: ServiceSchema = {
  service: 'applications',
  entities: [ApplicationEntity, TimelineEntryEntity],
  migrations: [...messagingMigrations, CreateTracking1764000000000],
  userData: applicationsUserData,
};
