import { busSettings } from '#messaging';
import { databaseSettings } from '#persistence';
import { defineSettings, platformSettings, type SettingsOf } from '#platform';

export const analyticsSettings = defineSettings({ ...platformSettings, ...databaseSettings, ...busSettings });
export type AnalyticsSettings = SettingsOf<typeof analyticsSettings>;
