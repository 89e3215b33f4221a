import { busSettings, messagingSettings } from '#messaging';
import { databaseSettings } from '#persistence';
import { defineSettings, platformSettings, setting, type SettingsOf } from '#platform';
import { sourceSettings } from './sources/index.js';

/** What jobs-ingestion needs beside platform, database and bus; the standalone app spreads it into its own. */
export const jobsOwnSettings = defineSettings({
  ...sourceSettings,
  INGESTION_CRON: setting.string({
    default: '0 */6 * * *',
    maxLength: 100,
    description: 'When all enabled sources are fetched (cron, UTC); `off` for never',
  }),
  INGESTION_MAX_POSTINGS_PER_SOURCE: setting.integer({
    default: 2_000,
    min: 1,
    max: 1_000_000,
    description: 'A source is left after this many postings in one run; the next run goes on with the newest',
  }),
  SEARCH_DEFAULT_CURRENCY: setting.string({
    default: 'EUR',
    pattern: /^[A-Z]{3}$/,
    expected: 'an ISO-4217 code like EUR',
    description: 'Currency of salary filters when neither the search nor the profile names one',
  }),
  MATCH_MIN_SCORE: setting.number({
    default: 80,
    min: 0,
    max: 100,
    description: 'Score from which people are told about a new posting',
  }),
});

export const jobsSettings = defineSettings({
  ...platformSettings,
  ...databaseSettings,
  ...busSettings,
  ...messagingSettings,
  ...jobsOwnSettings,
});
export type JobsSettings = SettingsOf<typeof jobsSettings>;
export type JobsOwnSettings = SettingsOf<typeof jobsOwnSettings>;
