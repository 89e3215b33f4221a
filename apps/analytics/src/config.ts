import { busSettings, messagingSettings } from '#messaging';
import { databaseSettings } from '#persistence';
import { defineSettings, platformSettings, type SettingsOf } from '#platform';

export const analyticsSettings = defineSettings({
  ...platformSettings,
  ...databaseSettings,
  ...busSettings,
  ...messagingSettings,
});
export type AnalyticsSettings = SettingsOf<typeof analyticsSettings>;
