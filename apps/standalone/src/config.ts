import { defineSettings, platformSettings, setting, type SettingsOf } from '#platform';

/** What the composition needs beside the settings of the apps in it, which it fills in where nobody set them. */
export const standaloneSettings = defineSettings({
  ...platformSettings,
  API_PORT: setting.integer({
    default: 8002,
    min: 0,
    max: 65_535,
    description: 'Port of the API; a free one when it is taken',
  }),
  API_HOST: setting.string({ default: '127.0.0.1', description: 'Address the API listens on' }),
  DATABASE_URL: setting.url({
    schemes: ['postgres', 'postgresql'],
    secret: true,
    optional: true,
    description: 'PostgreSQL with a login that may create schemas and roles; the embedded one unless set',
  }),
  EMBEDDED_POSTGRES_PORT: setting.integer({
    default: 54_320,
    min: 0,
    max: 65_535,
    description: 'Preferred port of the embedded PostgreSQL; a free one when it is taken',
  }),
  FIRST_INGESTION: setting.enum(['auto', 'sample', 'off'], {
    default: 'auto',
    description:
      'auto: live sources, or the sample feed where none can be reached; sample: only the feed; off: nothing',
  }),
});
export type StandaloneSettings = SettingsOf<typeof standaloneSettings>;
