import { busSettings, messagingSettings } from '#messaging';
import { databaseSettings } from '#persistence';
import { defineSettings, fieldCipherSettings, platformSettings, type SettingsOf } from '#platform';
import { mailSettings } from './delivery/config.js';

/** What notifications needs beside platform, database and bus. */
export const notificationsOwnSettings = defineSettings({ ...mailSettings });

export const notificationsSettings = defineSettings({
  ...platformSettings,
  ...databaseSettings,
  ...busSettings,
  ...messagingSettings,
  ...fieldCipherSettings,
  ...notificationsOwnSettings,
});
export type NotificationsSettings = SettingsOf<typeof notificationsSettings>;
export type NotificationsOwnSettings = SettingsOf<typeof notificationsOwnSettings>;
