import { defineSettings, setting, type SettingsOf } from '#platform';

/** What every app needs to reach the bus. */
export const busSettings = defineSettings({
  BUS: setting.enum(['nats', 'local'], {
    default: 'nats',
    description: 'nats, or local: a log in PostgreSQL for all apps in one process on one machine',
  }),
  NATS_URL: setting.string({
    default: 'nats://127.0.0.1:4222',
    maxLength: 1000,
    pattern: /^(nats|tls):\/\/[^\s,]+(,(nats|tls):\/\/[^\s,]+)*$/,
    expected: 'one or more nats:// or tls:// addresses, separated by commas',
    description: 'Where NATS is',
  }),
  NATS_USER: setting.string({
    optional: true,
    maxLength: 100,
    description: 'User of this app on NATS; the name of the app unless set',
  }),
  NATS_PASSWORD: setting.secret({
    optional: true,
    description: 'Password of that user, the same as NATS_PASSWORD_<APP> of the server',
  }),
  NATS_CA_FILE: setting.string({
    optional: true,
    maxLength: 4096,
    description: 'Certificate of the authority NATS is checked against; switches TLS on',
  }),
  NATS_CONNECT_TIMEOUT: setting.duration({
    default: 10_000,
    min: 100,
    max: 600_000,
    description: 'How long the start waits for NATS',
  }),
  NATS_REPLICAS: setting.enum(['1', '3'], {
    default: '1',
    description: 'Copies of every stream; 3 needs three servers',
  }),
  NATS_EVENT_MAX_AGE: setting.duration({
    default: 30 * 86_400_000,
    min: 3_600_000,
    description: 'How long events can be replayed from their stream',
  }),
  NATS_EVENT_MAX_MB: setting.integer({
    default: 512,
    min: 16,
    unit: 'MiB',
    description: 'Size of each event stream; all streams together must fit into max_file_store of the server',
  }),
  NATS_COMMAND_MAX_MB: setting.integer({
    default: 256,
    min: 16,
    unit: 'MiB',
    description: 'Size of each work queue; a full one refuses and the outbox keeps',
  }),
  BUS_DATABASE_URL: setting.url({
    schemes: ['postgres', 'postgresql'],
    secret: true,
    optional: true,
    description: 'For BUS=local: the database with the login of role cc_bus',
  }),
});
export type BusSettings = SettingsOf<typeof busSettings>;
