/** The owner of every installation the tests start. */
export const ADMIN = { email: 'owner@example.com', password: 'nine brave hedgehogs' };

/** A setting FIELD_KEYS, the same in every run. */
export const TEST_FIELD_KEYS = `test:${Buffer.alloc(32, 'only in tests').toString('base64')}`;

/**
 * Settings of the tests: no limits (they have specs of their own), cheap hashes, quiet logs, and no run of a schedule
 * that falls into a test.
 */
export const TEST_ENV: Readonly<Record<string, string>> = {
  NODE_ENV: 'test',
  LOG_LEVEL: 'error',
  OWNER_EMAIL: ADMIN.email,
  OWNER_PASSWORD: ADMIN.password,
  IDENTITY_KEY_SECRET: 'a secret that only this test suite knows',
  FIELD_KEYS: TEST_FIELD_KEYS,
  PASSWORD_HASH_MEMORY_KIB: '19456',
  PASSWORD_HASH_ITERATIONS: '2',
  SIGN_IN_FREE_FAILURES: '1000',
  SIGN_IN_FREE_FAILURES_PER_ADDRESS: '100000',
  SIGN_IN_MAX_FAILURES_PER_HOUR: '100000',
  INGESTION_CRON: 'off',
  FIRST_INGESTION: 'sample',
  RATE_LIMIT_CREDENTIALS: '0',
  RATE_LIMIT_SEARCH: '0',
  RATE_LIMIT_GENERATION: '0',
  RATE_LIMIT_CHAT: '0',
  RATE_LIMIT_ANALYTICS: '0',
  RATE_LIMIT_TRACKING: '0',
  RATE_LIMIT_GENERAL: '0',
  RATE_LIMIT_GENERAL_HOURLY: '0',
};

const SOURCES = ['ARBEITNOW', 'THEMUSE', 'REMOTIVE', 'HIMALAYAS', 'GREENHOUSE', 'LEVER', 'ASHBY'];

/** No run asks a real site, whatever is asked for. */
export const NO_SOURCES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(SOURCES.map((name) => [`${name}_ENABLED`, 'false'] as const)),
  ...Object.fromEntries([...SOURCES, 'LEVER_EU'].map((name) => [`${name}_BASE_URL`, 'http://127.0.0.1:9'] as const)),
};

/** Nothing listens there. */
export const CLOSED_PORT_URL = 'http://127.0.0.1:9/';

/** Beside the sources no webhook leaves the machine either, where everything that is made calls `CLOSED_PORT_URL`. */
export const NOTHING_OUTSIDE: Readonly<Record<string, string>> = {
  ...NO_SOURCES,
  WEBHOOK_ALLOW_PRIVATE_TARGETS: 'true',
};
