import { HealthRegistry, HealthServer, Metrics } from '#platform';
import { DEPLOYMENT_SECRETS } from '../../apps/cli/src/secrets/deployment-secrets.js';
import type { Surroundings } from './rules/index.js';

/** Secrets `careercopilot secrets` prints, and what comes from elsewhere. */
function externalSecrets(): Map<string, Set<string>> {
  const secrets = new Map<string, Set<string>>([
    ['career-copilot-nats-tls', new Set(['tls.crt', 'tls.key', 'ca.crt'])],
    ['career-copilot-tls', new Set(['tls.crt', 'tls.key'])],
    ['database-ca', new Set(['ca.crt'])],
    ['career-copilot-mail', new Set(['smtp-password'])],
    ['career-copilot-files', new Set(['access-key-id', 'secret-access-key'])],
  ]);
  for (const { secret, key } of DEPLOYMENT_SECRETS) secrets.set(secret, (secrets.get(secret) ?? new Set()).add(key));
  secrets.get('career-copilot-database-admin')?.add('admin-url');
  return secrets;
}

/** Asks a running health port which paths it knows. */
async function servedPaths(candidates: readonly string[]): Promise<Set<string>> {
  const server = new HealthServer({
    host: '127.0.0.1',
    port: 0,
    version: 'check',
    health: new HealthRegistry(),
    metrics: new Metrics('check', false),
  });
  const url = await server.start();
  const known = new Set<string>();
  for (const path of candidates) if ((await fetch(url + path)).status !== 404) known.add(path);
  await server.stop();
  return known;
}

const PROBED = ['/health/startup', '/health/ready', '/health/live', '/metrics'];

export async function makeSurroundings(changes: Partial<Surroundings> = {}): Promise<Surroundings> {
  return {
    externalSecrets: externalSecrets(),
    externalClaims: new Map([['shared-files', 'ReadWriteMany']]),
    externalPods: [new Map([['app.kubernetes.io/name', 'postgres']]), new Map([['app.kubernetes.io/name', 'nats']])],
    healthPaths: await servedPaths(PROBED),
    connectionBudget: 450,
    requireDigests: false,
    ...changes,
  };
}
