import { busSettings } from '#messaging';
import { databaseSettings } from '#persistence';
import { defineSettings, platformSettings, type SettingsOf } from '#platform';

export const notificationsSettings = defineSettings({ ...platformSettings, ...databaseSettings, ...busSettings });
export type NotificationsSettings = SettingsOf<typeof notificationsSettings>;
