import { messagingMigrations } from '#messaging';
import type { ServiceSchema } from '#persistence';
import { CreateCatalogue1764000000000 } from './migrations/1764000000000-create-catalogue.js';
import { CreateRuns1764000001000 } from './migrations/1764000001000-create-runs.js';
import { CreateMatching1764000002000 } from './migrations/1764000002000-create-matching.js';
import { AddBoardsOfSightings1769000000000 } from './migrations/1769000000000-add-boards-of-sightings.js';
import { CreateEmployerPostings1769000100000 } from './migrations/1769000100000-create-employer-postings.js';
import { CreateSuggestions1769600000000 } from './migrations/1769600000000-create-suggestions.js';
import { FindOldPostings1769700000000 } from './migrations/1769700000000-find-old-postings.js';
import { ConfirmEmployers1770300000001 } from './migrations/1770300000001-confirm-employers.js';
import { jobsTables } from './tables.js';
import { jobsUserData } from './user-data.js';

export const jobsSchema: ServiceSchema = {
  service: 'jobs-ingestion',
  entities: [],
  tables: jobsTables,
  migrations: [
    ...messagingMigrations,
    CreateCatalogue1764000000000,
    CreateRuns1764000001000,
    CreateMatching1764000002000,
    AddBoardsOfSightings1769000000000,
    CreateEmployerPostings1769000100000,
    CreateSuggestions1769600000000,
    FindOldPostings1769700000000,
    ConfirmEmployers1770300000001,
  ],
  userData: jobsUserData,
};
