import { busSettings } from '#messaging';
import { databaseSettings } from '#persistence';
import { defineSettings, platformSettings, type SettingsOf } from '#platform';

export const aiContentSettings = defineSettings({ ...platformSettings, ...databaseSettings, ...busSettings });
export type AiContentSettings = SettingsOf<typeof aiContentSettings>;
