import { APPS, type AppName } from '#contracts';
import { natsRights, type NatsRights } from './nats-rights.js';
import { Topology } from './topology.js';

/** `sync_interval: always` exists since 2.10; the floor is what the bars ask for. */
export const NATS_VERSION_FLOOR = '2.12.6';

export interface NatsConfigOptions {
  /**
   * `shipped`: one server (compose). `cluster`: three servers with TLS (Kubernetes). `test`: development and tests on any
   * server from 2.9, the same users and rights, without what old servers do not know.
   */
  profile: 'shipped' | 'cluster' | 'test';
  topology?: Topology;
  /** Default: the volume of the image. */
  storeDir?: string;
  /** A further user `admin` that may do everything in the account; only for the test profile. */
  admin?: boolean;
}

/** Name of the variable with a user's password, for the server and for what makes the passwords. */
export const passwordVariable = (user: string): string => `NATS_PASSWORD_${user.toUpperCase().replaceAll('-', '_')}`;

/** The server's configuration with one user per app, its rights taken from the contracts. */
export function renderNatsConfig(options: NatsConfigOptions): string {
  const { profile } = options;
  if (options.admin === true && profile !== 'test') throw new Error('The admin user exists in the test profile only.');
  const topology = options.topology ?? new Topology();
  const users = APPS.map((app) => user(app, natsRights(app, topology)));
  if (options.admin === true) users.push(everything('admin'));
  return [
    HEADER,
    ...serverLines(profile),
    ...jetStreamLines(profile, options.storeDir ?? '/data/jetstream'),
    ...(profile === 'cluster' ? CLUSTER_LINES : []),
    "# $SYS is an account of its own: no app sees the server's own subjects.",
    'system_account: SYS',
    'accounts {',
    '  SYS {',
    `    users: [{ user: "sys", password: $${passwordVariable('sys')} }]`,
    '  }',
    '  CAREER {',
    '    jetstream: enabled',
    '    users: [',
    ...users.flat().map((line) => `      ${line}`),
    '    ]',
    '  }',
    '}',
    '',
  ].join('\n');
}

const HEADER = `# Written from the contracts by libs/messaging/src/topology/write-nats-config.ts; do not edit.
# Passwords come from the environment (NATS_PASSWORD_<APP>). nats-server parses their values: start each with a letter
# and use letters and digits only, or it may read a number or a reference.`;

function serverLines(profile: NatsConfigOptions['profile']): string[] {
  if (profile === 'cluster') {
    return [
      'server_name: $POD_NAME',
      'listen: "0.0.0.0:4222"',
      '# Inside the cluster only: the NetworkPolicy lets Prometheus and the kubelet in, no Service publishes it.',
      'http: "0.0.0.0:8222"',
      ...COMMON_LINES,
      'tls {',
      ...TLS_FILES,
      '}',
    ];
  }
  if (profile === 'test') return ['server_name: "career-test"', ...COMMON_LINES];
  return [
    'server_name: "career"',
    'listen: "0.0.0.0:4222"',
    '# For the health check inside the container; nothing outside reaches it.',
    'http: "127.0.0.1:8222"',
    ...COMMON_LINES,
  ];
}

const COMMON_LINES = [
  '# A 5 MB upload as base64 plus headers; the adapters refuse more than 7 MiB with a clear error.',
  'max_payload: 8MB',
  '# Partitions without a reset are noticed within 2 × 5 s, by the clients as well.',
  'ping_interval: "5s"',
  'ping_max: 2',
  'write_deadline: "10s"',
];

const TLS_FILES = [
  '  cert_file: "/etc/nats-certs/tls.crt"',
  '  key_file: "/etc/nats-certs/tls.key"',
  '  ca_file: "/etc/nats-certs/ca.crt"',
];

function jetStreamLines(profile: NatsConfigOptions['profile'], storeDir: string): string[] {
  return [
    'jetstream {',
    '  # Explicit: the default is a folder under /tmp.',
    `  store_dir: ${JSON.stringify(storeDir)}`,
    '  # Streams reserve their max_bytes (4.75 GiB with the default settings).',
    '  max_file_store: 10GB',
    '  max_memory_store: 256MB',
    ...(profile === 'test'
      ? []
      : ['  # An acknowledged message is on the disk, not only in the page cache.', '  sync_interval: always']),
    '}',
  ];
}

const CLUSTER_LINES = [
  'cluster {',
  '  name: "career"',
  '  listen: "0.0.0.0:6222"',
  '  routes: [',
  ...[0, 1, 2].map((n) => `    "nats-route://nats-${n}.nats:6222"`),
  '  ]',
  '  # Servers know each other by certificate: a password could not be put into the routes from the environment.',
  '  tls {',
  ...TLS_FILES.map((line) => `  ${line}`),
  '    verify: true',
  '  }',
  '}',
];

function user(app: AppName, rights: NatsRights): string[] {
  return [
    '{',
    `  user: "${app}", password: $${passwordVariable(app)}`,
    '  permissions {',
    ...subjects('publish', rights.publish),
    ...subjects('subscribe', rights.subscribe),
    '    # Answers to what it was asked, once each, for as long as a request may last.',
    '    allow_responses: { max: 1, expires: "2m" }',
    '  }',
    '}',
  ];
}

function subjects(verb: 'publish' | 'subscribe', allowed: readonly string[]): string[] {
  return [`    ${verb}: { allow: [`, ...allowed.map((subject) => `      "${subject}"`), '    ] }'];
}

const everything = (name: string): string[] => [
  `{ user: "${name}", password: $${passwordVariable(name)}, permissions { publish: ">", subscribe: ">" } }`,
];
