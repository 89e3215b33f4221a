import { type FeatureState, formatFeatureState, parseFeatureState } from '../switches/feature-state.js';
import { defineSettings, NotAccepted, setting, type SettingsOf } from './setting.js';

const ON: FeatureState = { mode: 'on' };

const feature = (what: string) =>
  setting.parsed({
    description: `Feature switch: ${what}`,
    expected: 'on, off, a share of users such as 25%, or users:<id>+<id>',
    default: ON,
    format: formatFeatureState,
    parse: (text: string): FeatureState => {
      const state = parseFeatureState(text);
      if (state === undefined) throw new NotAccepted();
      return state;
    },
  });

/** What every process understands. */
export const platformSettings = defineSettings({
  NODE_ENV: setting.enum(['development', 'test', 'production'], {
    default: 'development',
    description: 'production refuses sample secrets and hides stack traces from terminals',
  }),
  APP_VERSION: setting.string({
    optional: true,
    maxLength: 64,
    description: 'Version shown by health and traces; the one of package.json unless set',
  }),
  LOG_LEVEL: setting.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
    default: 'info',
    description: 'Least severe level that is logged',
  }),
  LOG_FORMAT: setting.enum(['json', 'pretty'], {
    default: 'json',
    description: 'json for machines, pretty for terminals',
  }),
  LOG_FILE: setting.string({
    optional: true,
    maxLength: 4096,
    description: 'File the log is appended to instead of standard output',
  }),
  HEALTH_PORT: setting.integer({
    default: 9464,
    min: 0,
    max: 65_535,
    description: 'Port of /health/live, /health/ready, /health/startup and /metrics; 0 takes a free one',
  }),
  HEALTH_HOST: setting.string({
    default: '127.0.0.1',
    description: 'Address the health port listens on; 0.0.0.0 in containers',
  }),
  SHUTDOWN_TIMEOUT_MS: setting.integer({
    default: 25_000,
    min: 100,
    max: 600_000,
    unit: 'ms',
    description: 'Time for an orderly shutdown; afterwards the process exits anyway',
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: setting.url({
    optional: true,
    description: 'Base URL of an OTLP/HTTP collector, e.g. http://localhost:4318; tracing is off without it',
  }),
  TRACES_PER_SECOND: setting.integer({
    default: 10,
    min: 0,
    max: 100_000,
    description: 'So many requests of every second are recorded and exported in any case, by every gateway',
  }),
  TRACE_SAMPLE_RATIO: setting.number({
    default: 0.01,
    min: 0,
    max: 1,
    description: 'Share of the requests beyond TRACES_PER_SECOND that is recorded as well; 1 for all of them',
  }),
  DATA_DIR: setting.string({ default: './data', description: 'Folder for files and generated secrets' }),
  OUTBOUND_USER_AGENT: setting.string({
    default: 'career-copilot (+https://github.com/career-copilot)',
    maxLength: 200,
    pattern: /^[\x20-\x7e]+$/,
    description: 'User-Agent of calls to other sites; name a contact so that they can reach you',
  }),
  FEATURE_INGESTION: feature('fetching jobs from sources'),
  FEATURE_AI: feature('generated texts and scores'),
  FEATURE_ANALYTICS: feature('dashboards and insights'),
  FEATURE_NOTIFICATIONS: feature('deliveries over mail, push and others'),
  FEATURE_RECOMMENDATIONS: feature('job recommendations'),
});
export type PlatformSettings = SettingsOf<typeof platformSettings>;
