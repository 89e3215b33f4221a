import { type Manifest, type ManifestSet, matches, type Place, type Workload } from '../manifest.js';
import { hasPort } from './references.js';
import { Findings, type Rule, type Surroundings } from './rule.js';

/** Nothing is open by default, every policy means somebody, and what the apps need is allowed. */
export const network: Rule = (set, surroundings) => {
  const policies = set.ofKind('NetworkPolicy');
  const found = new Findings();
  // Policies can be switched off as a whole, for clusters that do not know them.
  if (policies.length === 0) return [];
  for (const policy of policies) checkPolicy(policy, set, surroundings, found);
  for (const workload of set.workloads) {
    if (!ours(workload)) continue;
    const own = policies.filter((policy) => matches(policy.at('spec', 'podSelector'), workload.labels));
    checkDenied(workload, own, found);
    for (const [port, need] of needsOf(workload)) {
      const allowed = own.some((policy) => policy.at('spec', 'egress').items.some((rule) => allows(rule, port)));
      found.must(allowed, workload.label, `no policy lets it reach ${need} (port ${port})`);
    }
    if (hasPort(workload, 'http')) {
      const open = own.some((policy) => policy.at('spec', 'ingress').items.some((rule) => allows(rule, 'http')));
      found.must(open, workload.label, 'no policy lets the ingress controller in');
    }
  }
  return found.problems;
};

const ours = ({ labels }: Workload): boolean => labels.get('app.kubernetes.io/name') === 'career-copilot';

const allows = (rule: Place, port: unknown): boolean =>
  rule.at('ports').items.length === 0 || rule.at('ports').items.some((one) => one.at('port').value === port);

function checkDenied(workload: Workload, policies: readonly Manifest[], found: Findings): void {
  for (const type of ['Ingress', 'Egress']) {
    const covered = policies.some((policy) =>
      policy.at('spec', 'policyTypes').items.some((item) => item.text === type),
    );
    found.must(covered, workload.label, `${type} is open: no policy selects its pods`);
  }
}

/** Ports the pod must reach, from its environment. */
function needsOf(workload: Workload): [number, string][] {
  const names = new Set(workload.containers.flatMap((one) => one.at('env').items.map((item) => item.at('name').text)));
  return [
    [53, 'DNS'],
    ...(names.has('DATABASE_URL') || names.has('DATABASE_ADMIN_URL')
      ? [[5432, 'the database'] as [number, string]]
      : []),
    ...(names.has('SMTP_HOST') ? [[portOf(workload, 'SMTP_PORT'), 'the mail server'] as [number, string]] : []),
    ...(names.has('NATS_USER') ? [[4222, 'NATS'] as [number, string]] : []),
  ];
}

const portOf = (workload: Workload, variable: string): number =>
  Number(
    workload.containers
      .flatMap((one) => one.at('env').items)
      .find((item) => item.at('name').text === variable)
      ?.at('value').text,
  );

function checkPolicy(policy: Manifest, set: ManifestSet, surroundings: Surroundings, found: Findings): void {
  const selected = set.selectedBy(policy.at('spec', 'podSelector'));
  found.must(selected.length > 0, policy.label, 'selects no pod');
  for (const rule of policy.at('spec', 'ingress').items) {
    for (const port of rule.at('ports').items.map((one) => one.at('port').value)) {
      found.must(
        selected.every((workload) => hasPort(workload, port)),
        policy.label,
        `port ${String(port)} is not a port of its pods`,
      );
    }
    found.must(rule.at('from').items.length > 0, policy.label, 'lets everybody in');
  }
  const ends = ['ingress', 'egress']
    .flatMap((way) => policy.at('spec', way).items)
    .flatMap((rule) => [...rule.at('from').items, ...rule.at('to').items]);
  for (const end of ends) {
    const pods = end.at('podSelector');
    if (!pods.exists || end.at('namespaceSelector').exists) continue;
    const known =
      set.selectedBy(pods).length > 0 || surroundings.externalPods.some((labels) => matches(pods, new Map(labels)));
    found.must(known, policy.label, `names pods that are not there: ${JSON.stringify(pods.value)}`);
  }
}
