import { busSettings, messagingSettings } from '#messaging';
import { databaseSettings } from '#persistence';
import { defineSettings, fieldCipherSettings, platformSettings, setting, type SettingsOf } from '#platform';
import { mailSettings } from './delivery/config.js';
import { webhookSettings } from './webhooks/config.js';

/** What notifications needs beside platform, database and bus. */
export const notificationsOwnSettings = defineSettings({
  ...mailSettings,
  ...webhookSettings,
  NOTIFICATIONS_KEPT: setting.duration({
    default: 365 * 86_400_000,
    // Events stay in their stream for 30 days: what is told of one again must find that it was told.
    min: 35 * 86_400_000,
    description: 'How long notifications are kept',
  }),
});

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
