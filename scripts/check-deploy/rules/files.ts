import type { ManifestSet, Workload } from '../manifest.js';
import { Findings, type Rule, type Surroundings } from './rule.js';
import { replicasOf } from './scaling.js';
import { definitionOf, variablesOf } from './settings.js';

/** Files of people outlive their pod, and every replica sees them. */
export const files: Rule = (set, surroundings) => {
  const found = new Findings();
  for (const workload of set.workloads) {
    const app = /^dist\/apps\/([a-z-]+)\//.exec(workload.containers[0]?.at('args', 0).text ?? '')?.[1];
    if (app === undefined || !('FILE_STORE' in (definitionOf(app) ?? {}))) continue;
    const [container] = workload.containers;
    const variables = container === undefined ? new Map<string, string>() : variablesOf(container, set);
    if ((variables.get('FILE_STORE') ?? 'disk') === 'disk') checkDisk(workload, variables, set, surroundings, found);
  }
  return found.problems;
};

function checkDisk(
  workload: Workload,
  variables: ReadonlyMap<string, string>,
  set: ManifestSet,
  { externalClaims }: Surroundings,
  found: Findings,
): void {
  const { label, pod } = workload;
  const folder = variables.get('DATA_DIR') ?? '';
  const mount = workload.containers
    .flatMap((container) => container.at('volumeMounts').items)
    .find((one) => folder === one.at('mountPath').text || folder.startsWith(`${one.at('mountPath').text ?? '?'}/`));
  const volume = pod.at('volumes').items.find((one) => one.at('name').text === mount?.at('name').text);
  const name = volume?.at('persistentVolumeClaim', 'claimName').text;
  if (name === undefined) return found.must(false, label, `keeps files in ${folder}, which goes with the pod`);
  const claim = set.find('PersistentVolumeClaim', name);
  const mode = externalClaims.get(name) ?? claim?.at('spec', 'accessModes', 0).text;
  if (mode === undefined) return found.must(false, label, `PersistentVolumeClaim ${name} is not there`);

  const [, most] = replicasOf(workload, set);
  found.must(
    Number(variables.get('REPLICAS_MAX')) === most,
    label,
    `REPLICAS_MAX is not the ${most} replicas it may have`,
  );
  if (mode === 'ReadWriteMany') return;
  found.must(variables.get('FILE_STORE_SHARED') !== 'true', label, `takes ${name} for shared, which one pod may mount`);
  found.must(most === 1, label, `${most} replicas cannot mount ${name}`);
  const isReplaced = workload.owner.at('spec', 'strategy', 'type').text === 'Recreate';
  found.must(isReplaced, label, `a rollout waits for ever: the old pod holds ${name}`);
}
