import { type Manifest, type ManifestSet, matches, type Place, type Workload } from '../manifest.js';
import { Findings, type Rule, type Surroundings } from './rule.js';

const CHANGING_LABELS = ['app.kubernetes.io/version', 'helm.sh/chart', 'app.kubernetes.io/managed-by'];

/** Everything an object names is there. */
export const references: Rule = (set, surroundings) => {
  const found = new Findings();
  for (const workload of set.workloads) {
    checkOwnSelector(workload, found);
    checkPodReferences(workload, set, surroundings, found);
  }
  for (const service of set.ofKind('Service')) checkService(service, set, found);
  for (const ingress of set.ofKind('Ingress')) checkIngress(ingress, set, surroundings, found);
  for (const budget of set.ofKind('PodDisruptionBudget')) {
    found.must(set.selectedBy(budget.at('spec', 'selector')).length > 0, budget.label, 'selects no pod');
  }
  return found.problems;
};

function checkOwnSelector({ owner, labels, isService }: Workload, found: Findings): void {
  if (!isService) return;
  const selector = owner.at('spec', 'selector');
  found.must(selector.exists && matches(selector, labels), owner.label, 'does not select its own pods');
  for (const label of CHANGING_LABELS) {
    found.must(!selector.at('matchLabels').texts.has(label), owner.label, `${label} in a selector breaks upgrades`);
  }
}

function checkPodReferences(
  workload: Workload,
  set: ManifestSet,
  { externalSecrets }: Surroundings,
  found: Findings,
): void {
  const { label, pod } = workload;
  const hasKey = (kind: 'ConfigMap' | 'Secret', name: string | undefined, key: string | undefined): boolean => {
    const keys = kind === 'Secret' ? externalSecrets.get(name ?? '') : undefined;
    const rendered = set.find(kind, name)?.at(kind === 'Secret' ? 'stringData' : 'data');
    return key === undefined
      ? keys !== undefined || rendered !== undefined
      : keys?.has(key) === true || rendered?.at(key).exists === true;
  };
  const must = (kind: 'ConfigMap' | 'Secret', name: string | undefined, key?: string): void => {
    found.must(
      hasKey(kind, name, key),
      label,
      `${kind} ${name ?? '?'}${key === undefined ? '' : ` key ${key}`} is not there`,
    );
  };
  const account = pod.at('serviceAccountName').text;
  found.must(
    set.find('ServiceAccount', account) !== undefined,
    label,
    `ServiceAccount ${account ?? '(none)'} is not there`,
  );
  for (const container of workload.containers) {
    for (const source of container.at('envFrom').items) {
      if (source.at('configMapRef').exists) must('ConfigMap', source.at('configMapRef', 'name').text);
      if (source.at('secretRef').exists) must('Secret', source.at('secretRef', 'name').text);
    }
    for (const source of container.at('env').items.map((item) => item.at('valueFrom'))) {
      const secret = source.at('secretKeyRef');
      const config = source.at('configMapKeyRef');
      if (secret.exists) must('Secret', secret.at('name').text, secret.at('key').text);
      if (config.exists) must('ConfigMap', config.at('name').text, config.at('key').text);
    }
    checkMounts(container, workload, found);
  }
  for (const volume of pod.at('volumes').items) {
    const config = volume.at('configMap', 'name').text;
    if (config !== undefined) must('ConfigMap', config);
    const secret = volume.at('secret', 'secretName').text;
    if (secret === undefined) continue;
    must('Secret', secret);
    for (const item of volume.at('secret', 'items').items) must('Secret', secret, item.at('key').text);
  }
}

function checkMounts(container: Place, { owner, pod }: Workload, found: Findings): void {
  const volumes = [
    ...pod.at('volumes').items,
    ...owner.at('spec', 'volumeClaimTemplates').items.map((one) => one.at('metadata')),
  ];
  const names = new Set(volumes.map((volume) => volume.at('name').text));
  for (const mount of container.at('volumeMounts').items) {
    const name = mount.at('name').text;
    found.must(names.has(name), owner.label, `mounts volume ${name ?? '?'}, which is not there`);
  }
}

function checkService(service: Manifest, set: ManifestSet, found: Findings): void {
  const pods = set.workloads.filter(({ labels }) =>
    [...service.at('spec', 'selector').texts].every(([key, value]) => labels.get(key) === value),
  );
  found.must(service.at('spec', 'selector').entries.length > 0 && pods.length > 0, service.label, 'selects no pod');
  for (const port of service.at('spec', 'ports').items) {
    const target = port.at('targetPort').value ?? port.at('port').value;
    found.must(
      pods.every((workload) => hasPort(workload, target)),
      service.label,
      `port ${String(target)} is not a port of the pods it selects`,
    );
  }
}

export const hasPort = (workload: Workload, port: unknown): boolean =>
  workload.containers.some((container) =>
    container.at('ports').items.some((one) => one.at('name').value === port || one.at('containerPort').value === port),
  );

function checkIngress(ingress: Manifest, set: ManifestSet, { externalSecrets }: Surroundings, found: Findings): void {
  for (const path of ingress.at('spec', 'rules').items.flatMap((rule) => rule.at('http', 'paths').items)) {
    const { text } = path.at('backend', 'service', 'name');
    const service = set.find('Service', text);
    const port = path.at('backend', 'service', 'port', 'name').text;
    const known = service?.at('spec', 'ports').items.some((one) => one.at('name').text === port);
    found.must(known === true, ingress.label, `port ${port ?? '?'} of Service ${text ?? '?'} is not there`);
  }
  const tls = ingress.at('spec', 'tls').items;
  found.must(tls.length > 0, ingress.label, 'speaks no TLS');
  for (const { text } of tls.map((one) => one.at('secretName')))
    found.must(externalSecrets.has(text ?? ''), ingress.label, `Secret ${text ?? '?'} is not there`);
}
