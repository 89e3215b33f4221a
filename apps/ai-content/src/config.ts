import { busSettings, messagingSettings } from '#messaging';
import { databaseSettings } from '#persistence';
import { defineSettings, platformSettings, setting, type SettingsOf } from '#platform';

export const aiContentSettings = defineSettings({
  ...platformSettings,
  ...databaseSettings,
  ...busSettings,
  ...messagingSettings,
  GENERATIONS_PER_DAY: setting.integer({
    default: 100,
    min: 0,
    description: 'Letters and other texts one account may have written in 24 hours; 0 takes the cap away',
  }),
  GENERATIONS_PER_DAY_OF_ALL: setting.integer({
    default: 10_000,
    min: 0,
    description: 'The same of all accounts together; 0 takes the cap away',
  }),
});
export type AiContentSettings = SettingsOf<typeof aiContentSettings>;
export const AI_CONTENT_SETTINGS = Symbol('ai-content settings');
