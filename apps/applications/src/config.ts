import { busSettings } from '#messaging';
import { databaseSettings } from '#persistence';
import { defineSettings, platformSettings, type SettingsOf } from '#platform';

export const applicationsSettings = defineSettings({ ...platformSettings, ...databaseSettings, ...busSettings });
export type ApplicationsSettings = SettingsOf<typeof applicationsSettings>;
