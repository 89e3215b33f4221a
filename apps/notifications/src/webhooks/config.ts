import { defineSettings, setting, type SettingsOf } from '#platform';

export const webhookSettings = defineSettings({
  WEBHOOK_ALLOW_PRIVATE_TARGETS: setting.boolean({
    default: false,
    description:
      'Lets everybody with an account have programs in your own network called, also by http: only where you know them all. Metadata addresses of clouds stay closed',
  }),
  WEBHOOK_DISABLE_AFTER: setting.duration({
    default: 3 * 86_400_000,
    min: 3_600_000,
    max: 90 * 86_400_000,
    description: 'A webhook of which every call failed for so long (and ten calls did) is switched off',
  }),
});
export type WebhookSettings = SettingsOf<typeof webhookSettings>;
export const WEBHOOK_SETTINGS = Symbol('webhook settings');
