import { DEPLOYMENT_SECRETS, type SecretValues } from './deployment-secrets.js';

/** A complete `.env` for docker-compose.yml. */
export function dotEnv(values: SecretValues, ownerEmail: string): string {
  const lines = DEPLOYMENT_SECRETS.map(({ variable }) => `${variable}=${values.get(variable) ?? ''}`);
  return [
    '# Made by `careercopilot secrets`. Keep it: the stored data cannot be read without these values. Never commit it.',
    `OWNER_EMAIL=${ownerEmail}`,
    ...lines,
    '',
  ].join('\n');
}

export interface KubernetesTarget {
  namespace: string;
  /** `host:port/database?parameters` of PostgreSQL. */
  databaseAddress: string;
}

/** The Secrets the chart and the overlays name, for `kubectl apply -f -`. */
export function kubernetesSecrets(values: SecretValues, { namespace, databaseAddress }: KubernetesTarget): string {
  const byName = new Map<string, Map<string, string>>();
  for (const { variable, secret, key } of DEPLOYMENT_SECRETS) {
    const data = byName.get(secret) ?? new Map<string, string>();
    byName.set(secret, data.set(key, values.get(variable) ?? ''));
  }
  const admin = values.get('POSTGRES_PASSWORD') ?? '';
  byName.get('career-copilot-database-admin')?.set('admin-url', `postgres://postgres:${admin}@${databaseAddress}`);
  const documents = [...byName].map(([name, data]) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace, labels: { 'app.kubernetes.io/part-of': 'career-copilot' } },
    type: 'Opaque',
    stringData: Object.fromEntries(data),
  }));
  // JSON is YAML: kubectl takes a list of objects as it is.
  return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: documents }, null, 2)}\n`;
}
