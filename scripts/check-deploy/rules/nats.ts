import {
  configAt,
  defaultTopologySettings,
  lintNatsConfig,
  lintNatsImage,
  lintTopology,
  parseNatsConfig,
  Topology,
} from '#messaging';
import type { ManifestSet, Workload } from '../manifest.js';
import { bytesOf } from './pod-security.js';
import { Findings, type Rule } from './rule.js';

/** The broker is configured as the contracts and the bars want it, and the apps use it that way. */
export const nats: Rule = (set, { requireDigests }) => {
  const found = new Findings();
  const server = set.workloads.find(({ owner }) => owner.kind === 'StatefulSet' && owner.name === 'nats');
  if (server !== undefined) checkServer(server, set, requireDigests, found);
  const shared = set.ofKind('ConfigMap').find((one) => one.at('data', 'NATS_URL').exists);
  if (shared !== undefined && server !== undefined) {
    const isCluster = isClustered(server);
    const url = shared.at('data', 'NATS_URL').text ?? '';
    const replicas = shared.at('data', 'NATS_REPLICAS').text;
    found.must(
      url.startsWith(isCluster ? 'tls://nats:' : 'nats://nats:'),
      shared.label,
      `NATS_URL ${url} does not fit the server`,
    );
    found.must(
      replicas === (isCluster ? '3' : '1'),
      shared.label,
      `NATS_REPLICAS ${replicas ?? '(none)'} does not fit the server`,
    );
    const topology = new Topology({ ...defaultTopologySettings, replicas: isCluster ? 3 : 1 });
    found.problems.push(...lintTopology(topology, isCluster));
  }
  return found.problems;
};

const isClustered = ({ owner }: Workload): boolean => owner.at('spec', 'replicas').number !== 1;

function checkServer(server: Workload, set: ManifestSet, requireDigests: boolean, found: Findings): void {
  const { label, owner, pod } = server;
  const [container] = pod.at('containers').items;
  const text = set.find('ConfigMap', 'nats-config')?.at('data', 'nats.conf').text;
  if (container === undefined || text === undefined) {
    found.must(false, label, 'has no nats.conf');
    return;
  }
  const isCluster = isClustered(server);
  for (const problem of lintNatsConfig(text, isCluster ? 'cluster' : 'shipped'))
    found.must(false, 'nats.conf', problem);
  for (const problem of lintNatsImage(container.at('image').text ?? '')) {
    found.must(!requireDigests && problem.endsWith('by digest'), label, problem);
  }
  const given = new Set(container.at('env').items.map((item) => item.at('name').text));
  for (const [, variable = ''] of text.matchAll(/\$([A-Z][A-Z_]+)\b(?!\.)/g)) {
    if (variable === 'JS' || variable === 'SYS') continue;
    found.must(given.has(variable), label, `nats.conf reads $${variable}, which is not given`);
  }
  const mounts = container.at('volumeMounts').items.map((mount) => mount.at('mountPath').text ?? '?');
  const parsed = parseNatsConfig(text);
  for (const path of [
    ['jetstream', 'store_dir'],
    ['tls', 'cert_file'],
    ['cluster', 'tls', 'key_file'],
  ]) {
    const file = configAt(parsed, ...path);
    if (typeof file !== 'string') continue;
    found.must(
      mounts.some((mount) => file.startsWith(`${mount}/`)),
      label,
      `${path.join('.')} ${file} is on no volume`,
    );
  }
  const [claim] = owner.at('spec', 'volumeClaimTemplates').items;
  const size = bytesOf(claim?.at('spec', 'resources', 'requests', 'storage').text ?? '');
  const limit = configAt(parsed, 'jetstream', 'max_file_store');
  const wanted = typeof limit === 'string' ? bytesOf(limit.replace(/B$/i, 'i')) : Number.NaN;
  found.must(size > wanted, label, 'the volume is smaller than max_file_store');
  if (isCluster) {
    found.must(owner.at('spec', 'replicas').number === 3, label, 'a cluster has three servers');
    const routes = configAt(parsed, 'cluster', 'routes');
    const peers = Array.isArray(routes) ? routes.filter((route) => typeof route === 'string') : [];
    const service = owner.at('spec', 'serviceName').text ?? '';
    const names = [0, 1, 2].map((index) => `nats-route://${owner.name}-${index}.${service}:6222`);
    found.must(
      names.every((name) => peers.includes(name)),
      label,
      `routes ${peers.join(' ')} are not the names of its pods`,
    );
  }
}
