import { ACCESS_TOKEN_ALGORITHMS } from '#contracts';
import { busSettings, messagingSettings } from '#messaging';
import {
  defineSettings,
  fieldCipherSettings,
  fileStoreCheck,
  fileStoreSettings,
  platformSettings,
  setting,
  type SettingProblem,
  type SettingsCheck,
  settingsCheck,
  type SettingsOf,
} from '#platform';
import { databaseSettings } from '#persistence';
import { externalProviderSettings } from './external-identities/provider-settings.js';
import { FACTOR_DEMANDS } from './mfa/domain/demand.js';

const captchaSettings = defineSettings({
  CAPTCHA_VERIFY_URL: setting.url({
    optional: true,
    description:
      'siteverify address of Turnstile, hCaptcha or reCAPTCHA: registration and codes by mail then need its token',
  }),
  CAPTCHA_SECRET: setting.secret({ optional: true, description: 'Belongs to CAPTCHA_VERIFY_URL' }),
});

const retentionSettings = defineSettings({
  SESSIONS_KEPT: setting.duration({
    default: 90 * 86_400_000,
    min: 86_400_000,
    description: 'How long sessions are remembered after they ended; then a sign-in from there is new again',
  }),
  AUDIT_KEPT: setting.duration({
    default: 365 * 86_400_000,
    min: 90 * 86_400_000,
    description: 'How long the security history is kept',
  }),
});

/** What identity needs beside platform, database and bus; the standalone app spreads it into its own. */
export const identityOwnSettings = defineSettings({
  IDENTITY_KEY_SECRET: setting.secret({
    minLength: 32,
    description: 'Encrypts the signing keys at rest and keys the hashes of addresses; at least 32 characters',
  }),
  JWT_ISSUER: setting.string({ default: 'career-copilot', maxLength: 200, description: '`iss` of access tokens' }),
  JWT_AUDIENCE: setting.string({
    default: 'career-copilot-api',
    maxLength: 200,
    description: '`aud` of access tokens',
  }),
  JWT_ALGORITHM: setting.enum(ACCESS_TOKEN_ALGORITHMS, {
    default: 'ES256',
    description: 'Algorithm of new signing keys; keys that exist stay valid until they rotate',
  }),
  ACCESS_TOKEN_TTL: setting.duration({
    default: 30 * 60_000,
    min: 60_000,
    max: 24 * 3_600_000,
    description: 'Life of an access token',
  }),
  REFRESH_TOKEN_TTL: setting.duration({
    default: 7 * 86_400_000,
    min: 60_000,
    description: 'How long a refresh token that was not used stays good',
  }),
  SESSION_MAX_AGE: setting.duration({
    default: 90 * 86_400_000,
    min: 60_000,
    description: 'After this long a person signs in again, however busy the session was',
  }),
  SIGNING_KEY_MAX_AGE: setting.duration({
    default: 30 * 86_400_000,
    min: 3_600_000,
    description: 'Age at which a signing key gets a successor',
  }),
  PASSWORD_HASH_MEMORY_KIB: setting.integer({
    default: 32_768,
    min: 19_456,
    max: 1_048_576,
    unit: 'KiB',
    description: 'Memory of one argon2id hash; passwords are rehashed at the next sign-in when this changes',
  }),
  PASSWORD_HASH_ITERATIONS: setting.integer({
    default: 4,
    min: 2,
    max: 20,
    description: 'Passes of one argon2id hash; aim at 50 to 300 ms per hash',
  }),
  PASSWORDS_STRICT: setting.boolean({
    default: false,
    description: 'New passwords of accounts without a second factor have at least 15 characters instead of 8',
  }),
  SECOND_FACTOR_REQUIRED: setting.enum(FACTOR_DEMANDS, {
    default: 'nobody',
    description:
      'Who must have an authenticator: until it is set up, nothing else opens, and API keys of the person rest',
  }),
  PASSWORD_HASH_QUEUE: setting.integer({
    default: 64,
    min: 0,
    max: 10_000,
    description: 'Hashes that may wait for a free core; more are answered 429',
  }),
  SIGN_IN_FREE_FAILURES: setting.integer({
    default: 5,
    min: 1,
    description: 'Failed sign-ins per account and hour that cost no waiting',
  }),
  SIGN_IN_FREE_FAILURES_PER_ADDRESS: setting.integer({
    default: 20,
    min: 1,
    description: 'The same per client address, over all accounts',
  }),
  SIGN_IN_FIRST_DELAY: setting.duration({
    default: 1000,
    min: 0,
    description: 'Wait after the first failure that is not free; doubles with each more',
  }),
  SIGN_IN_MAX_DELAY: setting.duration({ default: 15 * 60_000, min: 0, description: 'Longest such wait' }),
  SIGN_IN_MAX_FAILURES_PER_HOUR: setting.integer({
    default: 100,
    min: 1,
    description: 'Failed sign-ins per account and hour after which nothing is tried any more',
  }),
  SIGN_IN_MAX_FAILURES_PER_HOUR_PER_ADDRESS: setting.integer({
    default: 1000,
    min: 1,
    description: 'The same per client address, over all accounts',
  }),
  CREDENTIAL_ANSWER_FLOOR: setting.duration({
    default: 500,
    min: 0,
    max: 3_000,
    description:
      'Refused sign-ins, and answers about an address, take at least this long, so that the time tells nothing',
  }),
  REGISTRATION_VERIFIES_EMAIL: setting.boolean({
    default: false,
    description:
      'Registration answers everybody 202 and writes to the address (needs mail); otherwise 201, or 409 for a taken one',
  }),
  INSTALLATION_NAME: setting.string({
    default: 'Career Copilot',
    maxLength: 60,
    pattern: /^[^:\p{Cc}]+$/u,
    expected: 'a name without colons',
    description: 'What authenticator apps and passkey dialogs call this installation',
  }),
  PASSKEY_RP_ID: setting.string({
    optional: true,
    maxLength: 253,
    pattern: /^[a-z0-9-]+(\.[a-z0-9-]+)*$/,
    expected: 'a name such as example.org',
    description:
      'Name passkeys are bound to; that of FRONTEND_URL (or PUBLIC_URL) unless given. Another one loses them',
  }),
  PASSKEY_ORIGINS: setting.list({
    default: [],
    maxItems: 20,
    pattern: /^(https?:\/\/[^\s/]+|android:apk-key-hash:[\w-]+)$/,
    expected: 'a comma-separated list of origins such as https://app.example.org',
    description: 'Pages and apps that may use passkeys; those of FRONTEND_URL and PUBLIC_URL unless given',
  }),
  FRONTEND_URL: setting.url({
    optional: true,
    description: 'Where the front end is; mails link to its pages /verify-email, /reset-password and /sign-in',
  }),
  PUBLIC_API_URL: setting.url({
    optional: true,
    description: 'Where the API is reached from outside; mails link to downloads and certificates below it',
  }),
  ERASURE_UNDO_WINDOW: setting.duration({
    default: 7 * 86_400_000,
    min: 0,
    max: 90 * 86_400_000,
    description: 'How long the erasure of an account can be undone; 0 erases at once',
  }),
  EXPORT_LINK_LIFETIME: setting.duration({
    default: 3 * 86_400_000,
    min: 60_000,
    max: 30 * 86_400_000,
    description: 'How long the file of an export can be fetched; it is deleted then',
  }),
  EXPORTS_PER_DAY: setting.integer({
    default: 5,
    min: 1,
    max: 1000,
    description: 'Exports one person may ask for in 24 hours',
  }),
  MAILS_PER_HOUR_AND_MAILBOX: setting.integer({
    default: 5,
    min: 1,
    max: 10_000,
    description: 'Mails with a code or link one mailbox gets in an hour, however many ask for them',
  }),
  MAILS_PER_HOUR_AND_ADDRESS: setting.integer({
    default: 30,
    min: 1,
    max: 1_000_000,
    description: 'The same per client address, over all mailboxes',
  }),
  MAILS_PER_DAY_AND_MAILBOX: setting.integer({
    default: 20,
    min: 0,
    description:
      'The same in 24 hours, codes and links each for themselves; one account may ask for as many; 0 takes the cap away',
  }),
  CODE_MAILS_PER_DAY_OF_ALL: setting.integer({
    default: 10_000,
    min: 0,
    description: 'Mails with a code this installation sends in 24 hours; 0 takes the cap away',
  }),
  LINK_MAILS_PER_DAY_OF_ALL: setting.integer({
    default: 10_000,
    min: 0,
    description: 'Mails with a link somebody asked for this installation sends in 24 hours; 0 takes the cap away',
  }),
  CONNECTION_RETRY_AFTER: setting.duration({
    default: 30 * 86_400_000,
    min: 0,
    description: 'How long somebody whose request was rejected waits before he may ask the same person again',
  }),
  CONNECTION_REQUESTS_PER_DAY: setting.integer({
    default: 50,
    min: 1,
    description: 'People one account may ask to be connected within 24 hours',
  }),
  CONNECTION_REQUESTS_PER_DAY_OF_ALL: setting.integer({
    default: 10_000,
    min: 0,
    description: 'The same of all accounts together; 0 takes the cap away',
  }),
  MESSAGES_PER_DAY: setting.integer({
    default: 200,
    min: 0,
    description: 'Messages one account may send in 24 hours; 0 takes the cap away',
  }),
  MESSAGES_PER_DAY_OF_ALL: setting.integer({
    default: 20_000,
    min: 0,
    description: 'The same of all accounts together; 0 takes the cap away',
  }),
  ...retentionSettings,
  ...externalProviderSettings,
  ...captchaSettings,
  SINGLE_USER: setting.boolean({
    default: false,
    description: 'Only the owner has an account; registration is closed',
  }),
  OWNER_EMAIL: setting.string({
    default: 'owner@localhost',
    maxLength: 254,
    pattern: /^[^\s@]+@[^\s@]+$/,
    expected: 'an e-mail address',
    description: 'Address the owner account is created with at the first start',
  }),
  OWNER_PASSWORD: setting.secret({
    optional: true,
    description: 'Password of the owner, set at the first start (containers); without it nobody is created here',
  }),
  ...fileStoreSettings,
});

export const identitySettings = defineSettings({
  ...platformSettings,
  ...databaseSettings,
  ...busSettings,
  ...messagingSettings,
  ...fieldCipherSettings,
  ...identityOwnSettings,
});
/** What no single setting can see; asked at the start, by identity alone and in the standalone process. */
export const identityChecks: readonly SettingsCheck[] = [
  fileStoreCheck,
  settingsCheck(captchaSettings, ({ CAPTCHA_VERIFY_URL: url, CAPTCHA_SECRET: secret }) => {
    if (url !== undefined && secret === undefined) return [missing('CAPTCHA_SECRET', 'CAPTCHA_VERIFY_URL')];
    if (url === undefined && secret !== undefined) return [missing('CAPTCHA_VERIFY_URL', 'CAPTCHA_SECRET')];
    return [];
  }),
];
const missing = (variable: string, other: string): SettingProblem => ({
  code: 'SETTING_MISSING',
  variable,
  expected: `a value, because ${other} is set`,
  fix: `Set ${variable}, or remove ${other}.`,
});

export type IdentitySettings = SettingsOf<typeof identitySettings>;
export type IdentityOwnSettings = SettingsOf<typeof identityOwnSettings>;
