import { busSettings } from '#messaging';
import { defineSettings, platformSettings, setting, type SettingsCheck, type SettingsOf } from '#platform';
import { tlsCheck, tlsSettings } from './http/tls.js';

const perMinute = (standard: number, what: string) =>
  setting.integer({
    default: standard,
    min: 0,
    max: 1_000_000,
    description: `Requests per minute and user (address when anonymous): ${what}; 0 takes the limit away`,
  });

/** What the door needs beside platform and bus; the standalone app spreads it into its own. */
export const gatewayOwnSettings = defineSettings({
  API_PORT: setting.integer({ default: 8002, min: 0, max: 65_535, description: 'Port of the API; 0 takes a free one' }),
  API_HOST: setting.string({
    default: '127.0.0.1',
    description: 'Address the API listens on; 0.0.0.0 in containers',
  }),
  ...tlsSettings,
  CORS_ORIGINS: setting.list({
    default: [],
    pattern: /^https?:\/\/[^/*]+$/,
    expected: 'a comma-separated list of origins such as https://app.example.org, without a path',
    description: 'Sites whose pages may call the API and open its socket; nobody else unless set',
  }),
  TRUSTED_PROXIES: setting.list({
    default: [],
    pattern: /^[0-9a-fA-F.:]+(\/\d{1,3})?$/,
    expected: 'a comma-separated list of addresses or networks such as 10.0.0.0/8',
    description: 'Proxies whose X-Forwarded-For is believed; the peer itself counts unless set',
  }),
  JWT_ISSUER: setting.string({ default: 'career-copilot', maxLength: 200, description: '`iss` of access tokens' }),
  JWT_AUDIENCE: setting.string({
    default: 'career-copilot-api',
    maxLength: 200,
    description: '`aud` of access tokens',
  }),
  ACCESS_LOG: setting.boolean({
    default: false,
    description:
      'One log line per request (about a tenth of its cost); failed, refused and slow ones are always logged',
  }),
  DOCS_ENABLED: setting.boolean({ default: true, description: 'Serves /docs, /redoc and /openapi.json' }),
  RATE_LIMIT_CREDENTIALS: perMinute(5, 'signing in and everything else that takes a credential'),
  RATE_LIMIT_SEARCH: perMinute(30, 'job search'),
  RATE_LIMIT_GENERATION: perMinute(5, 'AI generation'),
  RATE_LIMIT_CHAT: perMinute(20, 'AI chat'),
  RATE_LIMIT_ANALYTICS: perMinute(20, 'analytics'),
  RATE_LIMIT_TRACKING: perMinute(100, 'tracked events'),
  RATE_LIMIT_GENERAL: perMinute(100, 'everything else'),
  RATE_LIMIT_GENERAL_HOURLY: setting.integer({
    default: 1_000,
    min: 0,
    max: 60_000_000,
    description: 'Requests per hour and user (address when anonymous) beside the classes; 0 takes the limit away',
  }),
});

export const gatewaySettings = defineSettings({ ...platformSettings, ...busSettings, ...gatewayOwnSettings });
/** What no single setting can see. */
export const gatewayChecks: readonly SettingsCheck[] = [tlsCheck];
export type GatewaySettings = SettingsOf<typeof gatewaySettings>;
