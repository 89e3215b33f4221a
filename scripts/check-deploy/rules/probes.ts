import type { Place, Workload } from '../manifest.js';
import { Findings, type Rule } from './rule.js';

const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;
/** SHUTDOWN_TIMEOUT_MS unless set. */
const ORDERLY_END_S = 25;

/** Three probes that ask three different things, on routes that exist; time enough to end in order. */
export const probes: Rule = (set, { healthPaths }) => {
  const found = new Findings();
  for (const workload of set.workloads.filter(({ isService }) => isService)) {
    for (const container of workload.pod.at('containers').items) {
      const where = `${workload.label} container ${container.at('name').text ?? '?'}`;
      const asked = PROBES.map((name) => target(container.at(name)));
      found.must(
        asked.every((one) => one !== undefined),
        where,
        `needs ${PROBES.join(', ')}`,
      );
      found.must(new Set(asked).size === asked.length, where, 'probes must ask different things');
      for (const probe of PROBES) checkPort(container, container.at(probe, 'httpGet'), `${where} ${probe}`, found);
      if (container.at('name').text !== 'app') continue;
      for (const probe of PROBES) {
        const path = container.at(probe, 'httpGet', 'path').text;
        found.must(
          path === undefined || healthPaths.has(path),
          where,
          `${probe}: the app does not answer ${path ?? ''}`,
        );
      }
      checkGrace(workload, container, where, found);
    }
  }
  return found.problems;
};

/** What a probe asks, as text. */
function target(probe: Place): string | undefined {
  const path = probe.at('httpGet', 'path').text;
  const command = probe.at('exec', 'command').items.map((item) => item.text);
  return path ?? (command.length > 0 ? command.join(' ') : undefined);
}

function checkPort(container: Place, request: Place, where: string, found: Findings): void {
  const port = request.at('port').value;
  if (port === undefined) return;
  const known = container
    .at('ports')
    .items.some((one) => one.at('name').value === port || one.at('containerPort').value === port);
  found.must(known, where, `asks port ${JSON.stringify(port)}, which the container does not have`);
}

function checkGrace({ label, pod }: Workload, container: Place, where: string, found: Findings): void {
  const grace = pod.at('terminationGracePeriodSeconds').number ?? 30;
  const [, seconds] = container.at('lifecycle', 'preStop', 'exec', 'command').items;
  const pause = Number(seconds?.text ?? '0');
  found.must(pause >= 5, where, 'needs a preStop pause, so that endpoints drop the pod before it stops listening');
  found.must(grace > pause + ORDERLY_END_S, label, `terminationGracePeriodSeconds ${grace} cuts the orderly end short`);
}
