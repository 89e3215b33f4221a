import type { Place, Workload } from '../manifest.js';
import { Findings, type Rule } from './rule.js';

const VOLUME_TYPES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

/** The restricted Pod Security Standard, and what we ask beyond it. */
export const podSecurity: Rule = (set, { requireDigests }) => {
  const found = new Findings();
  for (const workload of set.workloads) {
    checkPod(workload, found);
    for (const container of workload.containers) {
      const where = `${workload.label} container ${container.at('name').text ?? '?'}`;
      checkContainer(container, workload.pod, where, found);
      checkImage(container.at('image').text ?? '', where, requireDigests, found);
      checkResources(container.at('resources'), where, found);
      checkHeap(container, where, found);
    }
  }
  for (const namespace of set.ofKind('Namespace')) {
    for (const mode of ['enforce', 'audit', 'warn']) {
      const level = namespace.at('metadata', 'labels', `pod-security.kubernetes.io/${mode}`).text;
      found.must(level === 'restricted', namespace.label, `Pod Security ${mode} must be restricted`);
    }
  }
  return found.problems;
};

function checkPod({ label, pod }: Workload, found: Findings): void {
  for (const shared of ['hostNetwork', 'hostPID', 'hostIPC'])
    found.must(!pod.at(shared).exists, label, `${shared} must not be set`);
  found.must(pod.at('automountServiceAccountToken').value === false, label, 'must not mount the token of its account');
  found.must(pod.at('enableServiceLinks').value === false, label, 'enableServiceLinks must be false');
  found.must(pod.at('securityContext', 'fsGroup').exists, label, 'needs fsGroup to write to its volumes');
  for (const volume of pod.at('volumes').items) {
    const type = volume.entries.map(([key]) => key).find((key) => key !== 'name') ?? 'nothing';
    found.must(VOLUME_TYPES.has(type), label, `volume ${volume.at('name').text ?? '?'} is a ${type}`);
  }
}

function checkContainer(container: Place, pod: Place, where: string, found: Findings): void {
  const own = container.at('securityContext');
  const effective = (key: string): unknown => own.at(key).value ?? pod.at('securityContext', key).value;
  found.must(effective('runAsNonRoot') === true, where, 'runAsNonRoot must be true');
  const user = effective('runAsUser');
  found.must(typeof user === 'number' && user > 0, where, 'runAsUser must be a number above 0');
  const seccomp = own.at('seccompProfile', 'type').text ?? pod.at('securityContext', 'seccompProfile', 'type').text;
  found.must(seccomp === 'RuntimeDefault', where, 'seccompProfile must be RuntimeDefault');
  found.must(own.at('allowPrivilegeEscalation').value === false, where, 'allowPrivilegeEscalation must be false');
  found.must(own.at('readOnlyRootFilesystem').value === true, where, 'the root file system must be read-only');
  found.must(!own.at('privileged').exists, where, 'must not be privileged');
  const dropped = own.at('capabilities', 'drop').items.map((item) => item.text);
  found.must(dropped.includes('ALL'), where, 'must drop all capabilities');
  found.must(own.at('capabilities', 'add').items.length === 0, where, 'must not add capabilities');
}

function checkImage(image: string, where: string, requireDigests: boolean, found: Findings): void {
  const tag = /:([\w][\w.-]*)(?:@|$)/.exec(image.replace(/^[\w.-]+:\d+\//, ''))?.[1];
  const digest = /@sha256:[0-9a-f]{64}$/.test(image);
  found.must(digest || tag !== undefined, where, `image ${image} has neither tag nor digest`);
  found.must(tag !== 'latest', where, `image ${image} is not a release`);
  found.must(digest || !requireDigests, where, `image ${image} is not pinned by digest`);
}

function checkResources(resources: Place, where: string, found: Findings): void {
  for (const name of ['cpu', 'memory'])
    found.must(resources.at('requests', name).exists, where, `needs a request of ${name}`);
  found.must(resources.at('limits', 'memory').exists, where, 'needs a limit of memory');
  found.must(!resources.at('limits', 'cpu').exists, where, 'a CPU limit makes the event loop stutter');
}

/** Node must run into its own limit before it meets the container's, with room for what is outside the heap. */
function checkHeap(container: Place, where: string, found: Findings): void {
  const options = container
    .at('env')
    .items.find((item) => item.at('name').text === 'NODE_OPTIONS')
    ?.at('value').text;
  const heap = Number(/--max-old-space-size=(\d+)/.exec(options ?? '')?.[1] ?? Number.NaN);
  if (Number.isNaN(heap)) return;
  const limit = bytesOf(container.at('resources', 'limits', 'memory').text ?? '') / 2 ** 20;
  found.must(heap <= 0.8 * limit, where, `a heap of ${heap} MiB does not fit into ${limit} MiB`);
}

const UNITS: Record<string, number> = { '': 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

export function bytesOf(quantity: string): number {
  const parts = /^(\d+(?:\.\d+)?)(|Ki|Mi|Gi|Ti)$/.exec(quantity);
  return parts === null ? Number.NaN : Number(parts[1]) * (UNITS[parts[2] ?? ''] ?? Number.NaN);
}
