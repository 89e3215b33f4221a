import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHART } from './tools.js';

/** A mistake somebody could make in the chart, and the words that must tell of it. */
export interface Mutation {
  name: string;
  file: string;
  from: string;
  to: string;
  caught: RegExp;
}

const inTemplate = (template: string, name: string, from: string, to: string, caught: RegExp): Mutation => ({
  name,
  file: `templates/${template}`,
  from,
  to,
  caught,
});
const deployment = (name: string, from: string, to: string, caught: RegExp): Mutation =>
  inTemplate('deployment.yaml', name, from, to, caught);

export const CHART_MUTATIONS: readonly Mutation[] = [
  // Fields and types: the compiler.
  deployment('a misspelt field', 'readinessProbe:', 'readynessProbe:', /'readynessProbe' does not exist/),
  deployment(
    'a port that is text',
    '{{ $.Values.ports.health }} }',
    'health }',
    /'string' is not assignable to type 'number'/,
  ),
  deployment('an unknown strategy', 'type: RollingUpdate', 'type: Rolling', /'Rolling' is not assignable/),
  inTemplate(
    'hpa.yaml',
    'a misspelt metric',
    'averageUtilization',
    'averageUtilisation',
    /'averageUtilisation' does not exist/,
  ),
  inTemplate('pdb.yaml', 'a selector of another shape', 'matchLabels:', 'matchLabel:', /'matchLabel' does not exist/),
  inTemplate(
    'migrate-job.yaml',
    'a policy that does not exist',
    'restartPolicy: Never',
    'restartPolicy: Once',
    /'Once' is not assignable/,
  ),
  inTemplate(
    'networkpolicy.yaml',
    'a required field left out',
    'podSelector:',
    'podselector:',
    /'podselector' does not exist/,
  ),
  // Pod Security.
  inTemplate(
    '_helpers.tpl',
    'a pod that may be root',
    'runAsNonRoot: true',
    'runAsNonRoot: false',
    /runAsNonRoot must be true/,
  ),
  inTemplate(
    '_helpers.tpl',
    'a writable root',
    'readOnlyRootFilesystem: true',
    'readOnlyRootFilesystem: false',
    /read-only/,
  ),
  inTemplate('_helpers.tpl', 'capabilities kept', 'drop: [ALL]', 'drop: [NET_RAW]', /drop all capabilities/),
  inTemplate('_helpers.tpl', 'no seccomp profile', 'seccompProfile: { type: RuntimeDefault }', '', /seccompProfile/),
  deployment(
    'a token nobody needs',
    'automountServiceAccountToken: false',
    'automountServiceAccountToken: true',
    /token/,
  ),
  // Files of people.
  deployment(
    'files in a folder of the pod',
    'value: /var/lib/career-copilot',
    'value: /tmp/files',
    /goes with the pod/,
  ),
  deployment('a rollout that waits for its own volume', 'type: Recreate', 'type: RollingUpdate', /waits for ever/),
  deployment(
    'a volume nobody makes',
    'include "cc.filesClaim" $scope',
    '"nothing"',
    /PersistentVolumeClaim nothing is not there/,
  ),
  deployment('a volume taken for shared', '{{ $isShared | quote }}', "'true'", /takes .* for shared/),
  deployment('a folder of the host', 'emptyDir: { sizeLimit: 128Mi }', 'hostPath: { path: /tmp }', /is a hostPath/),
  {
    name: 'no memory limit',
    file: 'values.yaml',
    from: ', limits: { memory: 384Mi } }',
    to: ' }',
    caught: /limit of memory/,
  },
  {
    name: 'a heap above the limit',
    file: 'values.yaml',
    from: 'heapMiB: 288',
    to: 'heapMiB: 380',
    caught: /does not fit/,
  },
  // Probes.
  deployment('liveness that asks the database', 'path: /health/live', 'path: /health/ready', /ask different things/),
  deployment(
    'a path nobody serves',
    'path: /health/startup',
    'path: /health/started',
    /does not answer \/health\/started/,
  ),
  deployment(
    'an end cut short',
    'terminationGracePeriodSeconds: 45',
    'terminationGracePeriodSeconds: 30',
    /cuts the orderly end/,
  ),
  // Names of other objects.
  inTemplate(
    'service.yaml',
    'a selector for nobody',
    'selector: {{-',
    'selector: { app: x }\n  ignored: {{-',
    /selects no pod/,
  ),
  inTemplate('service.yaml', 'a port nobody has', 'targetPort: http,', 'targetPort: web,', /port web/),
  inTemplate('ingress.yaml', 'an Ingress into nothing', 'port: { name: http }', 'port: { name: web }', /port web/),
  inTemplate(
    '_helpers.tpl',
    'a key the Secret lacks',
    'key: cc_{{ .schema }}',
    'key: role_{{ .schema }}',
    /key role_identity is not there/,
  ),
  deployment('another account', 'serviceAccountName: {{', 'serviceAccountName: x-{{', /ServiceAccount x-career/),
  deployment(
    'a version in the selector',
    'include "cc.selector" $scope | nindent 6 }}',
    'include "cc.labels" $scope | nindent 6 }}',
    /breaks upgrades/,
  ),
  // Scaling.
  deployment(
    'a count with two owners',
    'revisionHistoryLimit: 3',
    'revisionHistoryLimit: 3\n  replicas: 3',
    /shares the count/,
  ),
  inTemplate(
    'hpa.yaml',
    'a scaler of nothing',
    'kind: Deployment, name: {{',
    'kind: Deployment, name: x-{{',
    /scales Deployment\/x-career/,
  ),
  inTemplate(
    'pdb.yaml',
    'a budget that blocks every drain',
    'maxUnavailable: 1',
    'minAvailable: 2',
    /blocks every eviction/,
  ),
  {
    name: 'more connections than the database has',
    file: 'values.yaml',
    from: 'searchPoolSize: 4',
    to: 'searchPoolSize: 12',
    caught: /could open \d+ (?:database )?connections/,
  },
  // Network.
  inTemplate('networkpolicy.yaml', 'the way to NATS closed', 'port: 4222', 'port: 4223', /reach NATS/),
  inTemplate(
    'networkpolicy.yaml',
    'the migration without a way to the database',
    'append $withDatabase "migrate"',
    'append $withDatabase "x"',
    /Job\/.*reach the database/,
  ),
  inTemplate(
    'networkpolicy.yaml',
    'a policy open to everybody',
    '- from:\n        - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: {{ $policy.ingressNamespace }} } }\n      ports',
    '- ports',
    /lets everybody in/,
  ),
  // Settings.
  inTemplate(
    'configmap.yaml',
    'a misspelt setting',
    'NATS_REPLICAS:',
    'NATS_STREAM_REPLICAS:',
    /NATS_STREAM_REPLICAS is not a setting/,
  ),
  inTemplate(
    'configmap.yaml',
    'health on loopback',
    'HEALTH_HOST: 0.0.0.0',
    'HEALTH_HOST: 127.0.0.1',
    /HEALTH_HOST must be 0\.0\.0\.0/,
  ),
  {
    name: 'a value no app takes',
    file: 'values.yaml',
    from: 'LOG_LEVEL: info',
    to: 'LOG_LEVEL: verbose',
    caught: /SETTING_INVALID LOG_LEVEL/,
  },
  deployment(
    'a required setting without a source',
    'IDENTITY_KEY_SECRET_FILE',
    'IDENTITY_KEYS_FILE',
    /SETTING_MISSING IDENTITY_KEY_SECRET/,
  ),
  deployment(
    'field keys without a source',
    'FIELD_KEYS_FILE',
    'FIELD_KEY_FILE',
    /notifications: SETTING_MISSING FIELD_KEYS/,
  ),
  deployment(
    'a file on no volume',
    'mountPath: /etc/career-copilot/identity,',
    'mountPath: /etc/identity,',
    /no mounted Secret has the file/,
  ),
  inTemplate(
    'migrate-job.yaml',
    'a migration without a password',
    'DATABASE_PASSWORD_{{',
    'DATABASE_PASS_{{',
    /SETTING_MISSING DATABASE_PASSWORD_JOBS/,
  ),
  deployment(
    'a program that does not exist',
    'dist/apps/{{ $service }}/src/main.js',
    'dist/apps/{{ $service }}s/src/main.js',
    /which is no app/,
  ),
  deployment(
    'a password in the open',
    'valueFrom: { secretKeyRef: { name: {{ $.Values.nats.existingSecret }}, key: {{ $service }} } }',
    'value: hunter2hunter2',
    /written in the open/,
  ),
  // NATS.
  {
    name: 'a broker that answers before the disk has it',
    file: 'files/nats-cluster.conf',
    from: 'sync_interval: always',
    to: 'sync_interval: "2m"',
    caught: /sync_interval must be always/,
  },
  {
    name: 'a broker without TLS between servers',
    file: 'files/nats-cluster.conf',
    from: 'verify: true',
    to: 'verify: false',
    caught: /cluster\.tls\.verify/,
  },
  {
    name: 'a broker with known holes',
    file: 'values.yaml',
    from: 'tag: 2.12.6-alpine',
    to: 'tag: 2.10.20-alpine',
    caught: /older than 2\.12\.6/,
  },
  {
    name: 'a volume smaller than the streams',
    file: 'values.yaml',
    from: 'size: 12Gi',
    to: 'size: 8Gi',
    caught: /smaller than max_file_store/,
  },
  inTemplate(
    'nats.yaml',
    'a broker without a user’s password',
    'append (keys .Values.services | sortAlpha) "sys"',
    'keys .Values.services | sortAlpha',
    /NATS_PASSWORD_SYS, which is not given/,
  ),
  inTemplate('_helpers.tpl', 'apps that skip TLS', 'tls://nats:4222', 'nats://nats:4222', /does not fit the server/),
];

/** A copy of the chart with the mistake in it, for as long as `use` runs. */
export function withMutation<T>(mutation: Mutation, use: (chart: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'chart-mutation-'));
  try {
    // Links to the configuration of NATS become files, so that the mistake stays in the copy.
    cpSync(CHART, folder, { recursive: true, dereference: true });
    const file = join(folder, mutation.file);
    const before = readFileSync(file, 'utf8');
    if (!before.includes(mutation.from)) throw new Error(`${mutation.file} does not hold '${mutation.from}'`);
    writeFileSync(
      file,
      before.replace(mutation.from, () => mutation.to),
    );
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
