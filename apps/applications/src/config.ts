import { busSettings, messagingSettings } from '#messaging';
import { databaseSettings } from '#persistence';
import { defineSettings, platformSettings, type SettingsOf } from '#platform';

export const applicationsSettings = defineSettings({
  ...platformSettings,
  ...databaseSettings,
  ...busSettings,
  ...messagingSettings,
});
export type ApplicationsSettings = SettingsOf<typeof applicationsSettings>;
