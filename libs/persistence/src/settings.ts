import { defineSettings, setting, type SettingsOf } from '#platform';

/** What a service needs to reach its schema. */
export const databaseSettings = defineSettings({
  DATABASE_URL: setting.url({
    schemes: ['postgres', 'postgresql'],
    secret: true,
    description: "PostgreSQL 15 or newer, with the login of the service's own role",
  }),
  DATABASE_POOL_SIZE: setting.integer({
    default: 8,
    min: 1,
    max: 200,
    description: 'Most connections of one replica of a service; about twice the cores',
  }),
  DATABASE_SEARCH_POOL_SIZE: setting.integer({
    default: 4,
    min: 1,
    max: 200,
    description: 'Most further connections for searches, which plan with the values at hand',
  }),
  DATABASE_STATEMENT_TIMEOUT_MS: setting.integer({
    default: 5000,
    min: 100,
    max: 3_600_000,
    unit: 'ms',
    description: 'Longest a statement may run',
  }),
  DATABASE_SLOW_MS: setting.integer({
    default: 100,
    min: 1,
    max: 3_600_000,
    unit: 'ms',
    description: 'Statements slower than this are logged with their name',
  }),
});
export type DatabaseSettings = SettingsOf<typeof databaseSettings>;
