import { busSettings, messagingSettings } from '#messaging';
import { databaseSettings } from '#persistence';
import { defineSettings, fieldCipherSettings, platformSettings, type SettingsOf } from '#platform';

export const notificationsSettings = defineSettings({
  ...platformSettings,
  ...databaseSettings,
  ...busSettings,
  ...messagingSettings,
  ...fieldCipherSettings,
});
export type NotificationsSettings = SettingsOf<typeof notificationsSettings>;
