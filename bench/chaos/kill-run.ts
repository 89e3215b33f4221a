import { WINDOWS } from './windows.js';
import type { Cluster } from './cluster.js';
import type { Violation } from './checkers.js';
import { Nemesis } from './nemesis.js';
import type { Random } from './random.js';
import { counted, type KillFigures, spread } from './report.js';
import type { Wire } from './wire.js';

export interface KillPlan {
  kills: number;
  serverRestarts: number;
  patienceMs: number;
  random: Random;
  say: (line: string) => void;
}

export interface Faults<F> {
  figures: F;
  violations: Violation[];
  /** Ends what was going on beside the run; processes stay as they are. */
  release: () => Promise<void>;
}

/** kill -9 in chosen windows and at chosen moments, with restarts of the servers in between. */
export async function runKills(cluster: Cluster, wire: Wire, plan: KillPlan): Promise<Faults<KillFigures>> {
  const nemesis = new Nemesis(cluster, plan);
  wire.startPoison();
  await nemesis.run();
  await wire.stopPoison();
  const { deaths } = nemesis;
  const perWindow = nemesis.killsPerWindow;
  const how = (wanted: string): number => deaths.filter((death) => death.how === wanted).length;
  const figures: KillFigures = {
    total: nemesis.kills,
    inWindows: how('window'),
    byTimer: how('timer'),
    gaveUp: how('gave-up'),
    perWindow,
    perApp: counted(deaths.map((death) => death.app)),
    serverRestarts: nemesis.serverRestarts,
    poison: wire.poison.length,
    recoverySeconds: spread(
      [...nemesis.supervisors.values()].flatMap(({ recoveriesMs }) => recoveriesMs.map((ms) => ms / 1000)),
    ),
  };
  const missed = WINDOWS.filter((window) => (perWindow[window] ?? 0) === 0);
  const violations: Violation[] = [];
  if (missed.length > 0)
    violations.push({ rule: 'every window is hit', kind: 'wrong', count: missed.length, examples: missed });
  if (nemesis.kills < plan.kills) {
    const examples = [`${nemesis.kills} of ${plan.kills} within ${plan.patienceMs / 1000} s`];
    violations.push({ rule: 'as many kills as planned', kind: 'wrong', count: 1, examples });
  }
  return { figures, violations, release: () => nemesis.stop() };
}
