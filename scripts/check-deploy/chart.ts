import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Manifest, parseManifests } from './manifest.js';
import { CHART, output } from './tools.js';

export interface Rendering {
  name: string;
  /** Laid over values.yaml. */
  values?: object;
  release?: string;
  isUpgrade?: boolean;
  kubeVersion?: string;
  showOnly?: string;
  chart?: string;
}

/** The chart as a cluster would get it. */
export function renderChart(renderer: string, rendering: Rendering): Manifest[] {
  return parseManifests(withValues(rendering, (file) => output(renderer, argumentsOf(rendering, file))));
}

/** The same by the real helm, for machines that have it. */
export function renderWithHelm(rendering: Rendering): Manifest[] {
  return parseManifests(
    withValues(rendering, (file) =>
      output('helm', [
        ...['template', rendering.release ?? 'career', rendering.chart ?? CHART, '--namespace', 'prod', '-f', file],
        ...[
          '--kube-version',
          rendering.kubeVersion ?? '1.31.0',
          ...(rendering.isUpgrade === true ? ['--is-upgrade'] : []),
        ],
      ]),
    ),
  );
}

function argumentsOf(rendering: Rendering, valuesFile: string): string[] {
  return [
    ...['-name', rendering.release ?? 'career', '-namespace', 'prod', '-f', valuesFile],
    ...['-kube-version', rendering.kubeVersion ?? '1.31.0'],
    ...(rendering.isUpgrade === true ? ['-is-upgrade'] : []),
    ...(rendering.showOnly === undefined ? [] : ['-show-only', rendering.showOnly]),
    rendering.chart ?? CHART,
  ];
}

function withValues<T>({ values = {} }: Rendering, use: (file: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'chart-values-'));
  try {
    const file = join(folder, 'values.yaml');
    writeFileSync(file, stringify(values));
    return use(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const digest = (character: string): string => `sha256:${character.repeat(64)}`;

/** What an installation for many people would set. */
export const productionValues = {
  image: {
    repository: 'registry.example/career-copilot',
    tag: '0.1.0',
    digest: digest('a'),
    pullSecrets: ['registry'],
  },
  requireDigests: true,
  database: { host: 'db.internal.example', caSecret: 'database-ca', connectionBudget: 700, poolSize: 6 },
  nats: { image: { digest: digest('b') }, storage: { className: 'fast' } },
  traffic: {
    host: 'jobs.example.org',
    ingressClassName: 'public',
    annotations: { 'example.org/idle-timeout': '3600' },
    corsOrigins: ['https://app.example.org', 'https://example.org'],
  },
  networkPolicy: { databaseCidr: '10.20.0.0/24' },
  mail: {
    host: 'smtp.example.org',
    from: 'Jobs <post@example.org>',
    user: 'copilot',
    existingSecret: 'career-copilot-mail',
  },
  files: { store: 's3', s3: { bucket: 'people', region: 'eu-central-1', existingSecret: 'career-copilot-files' } },
  podAnnotations: { 'prometheus.io/scrape': 'true' },
  config: { LOG_LEVEL: 'warn', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.monitoring:4318' },
  services: {
    gateway: { replicas: { min: 3, max: 20 }, env: { RATE_LIMIT_SEARCH: '60' } },
    identity: { replicas: { min: 2, max: 10 } },
    'jobs-ingestion': { env: { INGESTION_CRON: '0 3 * * *' } },
  },
};

/** Every switch on and off, both ways of applying, oldest and newest cluster, a name at its limit. */
export const RENDERINGS: readonly Rendering[] = [
  { name: 'defaults' },
  { name: 'defaults, upgrade', isUpgrade: true },
  { name: 'production', values: productionValues },
  { name: 'production, upgrade', values: productionValues, isUpgrade: true },
  { name: 'one NATS server', values: { nats: { mode: 'single' } } },
  {
    name: 'NATS elsewhere, by address',
    values: { nats: { mode: 'external', url: 'tls://nats.example:4222' }, networkPolicy: { natsCidr: '10.30.0.0/24' } },
  },
  {
    name: 'NATS elsewhere, without TLS',
    values: { nats: { mode: 'external', url: 'nats://nats:4222', tlsSecret: '', streamReplicas: 1 } },
  },
  { name: 'no ingress', values: { traffic: { mode: 'none' } } },
  { name: 'no network policies', values: { networkPolicy: { enabled: false } } },
  { name: 'no migration', values: { migrations: { enabled: false } } },
  { name: 'a digest', values: { image: { digest: digest('c') } } },
  { name: 'database with a CA of its own', values: { database: { caSecret: 'database-ca' } } },
  { name: 'a mail relay on the network', values: { mail: { host: 'relay', port: 25, security: 'none' } } },
  {
    name: 'files on a volume many may mount',
    values: {
      files: { disk: { existingClaim: 'shared-files', accessMode: 'ReadWriteMany' } },
      services: { identity: { replicas: { min: 2, max: 5 } } },
    },
  },
  {
    name: 'files in a bucket inside, signed for by the pod',
    values: {
      files: { store: 's3', s3: { bucket: 'people', endpoint: 'http://minio.storage:9000', forcePathStyle: true } },
      networkPolicy: { filesCidr: '10.40.0.0/24', filesPort: 9000 },
    },
  },
  { name: 'single replicas', values: { services: { gateway: { replicas: { min: 1, max: 1 } } } } },
  { name: 'other ports', values: { ports: { http: 8080, health: 9090 }, database: { port: 5432 } } },
  { name: 'oldest cluster', kubeVersion: '1.27.0' },
  { name: 'newest cluster', kubeVersion: '1.36.0' },
  { name: 'longest name', release: 'a'.repeat(53) },
];

/** Values that must not render, and the words that say why. */
export const REFUSED: readonly (Rendering & { because: RegExp })[] = [
  { name: 'latest', values: { image: { tag: 'latest' } }, because: /must not be 'latest'/ },
  { name: 'no digest', values: { requireDigests: true }, because: /has no digest/ },
  { name: 'an unknown traffic mode', values: { traffic: { mode: 'mesh' } }, because: /traffic\.mode/ },
  { name: 'an unknown NATS mode', values: { nats: { mode: 'none' } }, because: /nats\.mode/ },
  { name: 'NATS elsewhere without an address', values: { nats: { mode: 'external' } }, because: /needs nats\.url/ },
  {
    name: 'more connections than there are',
    values: { database: { poolSize: 20 } },
    because: /connectionBudget is 450/,
  },
  {
    name: 'more replicas at least than at most',
    values: { services: { gateway: { replicas: { min: 4, max: 3 } } } },
    because: /min 4 is more than max 3/,
  },
  {
    name: 'a mail account without its password',
    values: { mail: { host: 'smtp.example.org', user: 'copilot' } },
    because: /needs mail\.existingSecret/,
  },
  {
    name: 'several replicas on a volume for one',
    values: { services: { identity: { replicas: { min: 2, max: 3 } } } },
    because: /replicas\.max is 3, but its files lie on a volume only one pod may mount/,
  },
  { name: 'a bucket without a name', values: { files: { store: 's3' } }, because: /needs files\.s3\.bucket/ },
  { name: 'an unknown store', values: { files: { store: 'tape' } }, because: /files\.store must be/ },
  { name: 'an old cluster', kubeVersion: '1.26.0', because: /needs Kubernetes >=1\.27/ },
];
