import type { Manifest, ManifestSet, Place, Workload } from '../manifest.js';
import { Findings, type Rule } from './rule.js';

/** Connections of the migration: one for its lock, one for its work. */
const MIGRATION_CONNECTIONS = 2;

/** One owner of each count, budgets that let nodes drain, and no more connections than the database has. */
export const scaling: Rule = (set, { connectionBudget }) => {
  const found = new Findings();
  for (const scaler of set.ofKind('HorizontalPodAutoscaler')) checkScaler(scaler, set, found);
  for (const budget of set.ofKind('PodDisruptionBudget')) checkBudget(budget, set, found);
  for (const workload of set.workloads.filter(({ isService }) => isService)) {
    const [least] = replicasOf(workload, set);
    const kept = set
      .ofKind('PodDisruptionBudget')
      .some((budget) => set.selectedBy(budget.at('spec', 'selector')).includes(workload));
    found.must(least < 2 || kept, workload.label, 'has several replicas and no PodDisruptionBudget');
  }
  const most = set.workloads.reduce((sum, workload) => sum + connectionsOf(workload, set), 0);
  found.must(
    most <= connectionBudget,
    'database',
    `all replicas could open ${most} connections, ${connectionBudget} are there`,
  );
  return found.problems;
};

const scalerOf = (workload: Workload, set: ManifestSet): Manifest | undefined =>
  set
    .ofKind('HorizontalPodAutoscaler')
    .find(
      (scaler) =>
        scaler.at('spec', 'scaleTargetRef', 'kind').text === workload.owner.kind &&
        scaler.at('spec', 'scaleTargetRef', 'name').text === workload.owner.name,
    );

/** Least and most replicas. */
export function replicasOf(workload: Workload, set: ManifestSet): [number, number] {
  const scaler = scalerOf(workload, set);
  const fixed = workload.owner.at('spec', 'replicas').number ?? 1;
  return [scaler?.at('spec', 'minReplicas').number ?? fixed, scaler?.at('spec', 'maxReplicas').number ?? fixed];
}

function checkScaler(scaler: Manifest, set: ManifestSet, found: Findings): void {
  const { label } = scaler;
  const target = scaler.at('spec', 'scaleTargetRef');
  const workload = set.workloads.find(
    ({ owner }) => owner.kind === target.at('kind').text && owner.name === target.at('name').text,
  );
  if (workload === undefined) {
    found.must(
      false,
      label,
      `scales ${target.at('kind').text ?? '?'}/${target.at('name').text ?? '?'}, which is not there`,
    );
    return;
  }
  found.must(!workload.owner.at('spec', 'replicas').exists, label, 'shares the count with `replicas` of its target');
  const [least, most] = replicasOf(workload, set);
  found.must(least <= most, label, `minReplicas ${least} is above maxReplicas ${most}`);
  for (const metric of scaler.at('spec', 'metrics').items) checkMetric(metric, workload, label, found);
  const down = scaler.at('spec', 'behavior', 'scaleDown', 'stabilizationWindowSeconds').number ?? 300;
  found.must(down >= 60, label, 'scales down at once and will flap');
}

/** Utilisation is a share of the request: without one there is no scaling. */
function checkMetric(metric: Place, { pod }: Workload, label: string, found: Findings): void {
  const resource = metric.at(metric.at('type').text === 'ContainerResource' ? 'containerResource' : 'resource');
  const name = resource.at('name').text ?? '';
  const container = resource.at('container').text;
  const meant = pod
    .at('containers')
    .items.filter((one) => container === undefined || one.at('name').text === container);
  const requested = meant.length > 0 && meant.every((one) => one.at('resources', 'requests', name).exists);
  found.must(requested, label, `measures ${name} of ${container ?? 'all containers'} without a request for it`);
}

function checkBudget(budget: Manifest, set: ManifestSet, found: Findings): void {
  const most = budget.at('spec', 'maxUnavailable').value;
  const least = budget.at('spec', 'minAvailable').value;
  found.must((most === undefined) !== (least === undefined), budget.label, 'needs maxUnavailable or minAvailable');
  found.must(most !== 0 && most !== '0%', budget.label, 'blocks every eviction: maxUnavailable is 0');
  for (const workload of set.selectedBy(budget.at('spec', 'selector'))) {
    const [replicas] = replicasOf(workload, set);
    const blocks = (typeof least === 'number' && least >= replicas) || least === '100%';
    found.must(
      !blocks,
      budget.label,
      `blocks every eviction of ${workload.label}: minAvailable of ${replicas} replicas`,
    );
  }
}

/** Pool, searches and the connection of the leader election of every replica; one more while a rollout runs. */
function connectionsOf(workload: Workload, set: ManifestSet): number {
  const env = new Map(
    workload.containers
      .flatMap((container) => container.at('env').items)
      .map((item) => [item.at('name').text ?? '', item.at('value').text ?? ''] as const),
  );
  if (env.has('DATABASE_ADMIN_URL')) return MIGRATION_CONNECTIONS;
  if (!env.has('DATABASE_URL')) return 0;
  // The defaults of the settings where nothing is said.
  const perReplica = Number(env.get('DATABASE_POOL_SIZE') ?? 8) + Number(env.get('DATABASE_SEARCH_POOL_SIZE') ?? 4) + 1;
  const surge = workload.owner.at('spec', 'strategy', 'rollingUpdate', 'maxSurge').number ?? 1;
  return (replicasOf(workload, set)[1] + surge) * perReplica;
}
