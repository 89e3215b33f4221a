import type { Manifest } from '../manifest.js';
import { Findings, type Rule } from './rule.js';

const LABELS = ['name', 'instance', 'component', 'part-of', 'version', 'managed-by'];
const SECRET_NAME = /(PASSWORD|SECRET|TOKEN|KEY)$/;

/** Names, labels, and nothing secret in the open. */
export const conventions: Rule = (set) => {
  const found = new Findings();
  for (const manifest of set.all) {
    found.must(manifest.name.length <= 63, manifest.label, 'the name has more than 63 characters');
    if (manifest.source !== '') checkLabels(manifest, found);
    if (manifest.kind === 'ServiceAccount')
      found.must(manifest.at('automountServiceAccountToken').value === false, manifest.label, 'hands out its token');
    if (manifest.kind === 'ConfigMap')
      for (const [key, { text }] of manifest.at('data').entries)
        found.must(text === undefined || !SECRET_NAME.test(key), manifest.label, `${key} belongs into a Secret`);
    found.must(manifest.kind !== 'Secret', manifest.label, 'secrets are made outside, never rendered');
    found.must(!manifest.kind.startsWith('Cluster'), manifest.label, 'reaches beyond its namespace');
  }
  for (const workload of set.workloads)
    for (const item of workload.containers.flatMap((container) => container.at('env').items)) {
      const name = item.at('name').text ?? '';
      found.must(!SECRET_NAME.test(name) || !item.at('value').exists, workload.label, `${name} is written in the open`);
    }
  return found.problems;
};

function checkLabels(manifest: Manifest, found: Findings): void {
  for (const label of LABELS)
    found.must(
      manifest.at('metadata', 'labels', `app.kubernetes.io/${label}`).exists,
      manifest.label,
      `has no label ${label}`,
    );
}
