import type { Violation } from './checkers.js';
import type { History } from './history.js';
import type { Rest } from './quiesce.js';

/** What a run found; `--json` prints it as it is. */
export interface Summary {
  mode: 'kills' | 'forget';
  seed: number;
  command: string;
  ok: boolean;
  seconds: number;
  operations: { acknowledged: number; failed: number; unknown: number; requests: number; repeats: number };
  /** By kind of operation: acknowledged ones. */
  acknowledged: Record<string, number>;
  events: { published: number; handled: number; effects: number };
  wire: { messages: number; repeated: number };
  lost: number;
  doubled: number;
  violations: Violation[];
  rest: Rest;
  kills?: KillFigures;
  forgets?: ForgetFigures;
}

export interface KillFigures {
  total: number;
  inWindows: number;
  byTimer: number;
  gaveUp: number;
  perWindow: Record<string, number>;
  perApp: Record<string, number>;
  serverRestarts: string[];
  poison: number;
  /** From a process's death until it is ready again. */
  recoverySeconds: { median: number; longest: number };
}

export interface ForgetFigures {
  deleted: number;
  rolledBack: number;
  /** Losses that had to be noticed: (service, stream) pairs over all moments. */
  expected: number;
  noticed: number;
  noticedSeconds: { median: number; longest: number };
  refilledSeconds: { median: number; longest: number };
  republished: number;
}

export const operationsOf = (history: History): Summary['operations'] => ({
  acknowledged: history.count('ok'),
  failed: history.count('failed'),
  unknown: history.count('unknown'),
  requests: history.operations.reduce((sum, operation) => sum + operation.tries, 0),
  repeats: history.repeats,
});

export function acknowledgedByKind(history: History): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind, outcome } of history.operations) if (outcome === 'ok') counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

export function spread(values: readonly number[]): { median: number; longest: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const round = (value: number): number => Math.round(value * 10) / 10;
  return { median: round(sorted[Math.floor(sorted.length / 2)] ?? 0), longest: round(sorted.at(-1) ?? 0) };
}

/** The one table. */
export function table(summary: Summary): string {
  const rows: [string, string][] = [
    ['seed', String(summary.seed)],
    ['time', `${summary.seconds.toFixed(0)} s`],
    [
      'operations',
      `${summary.operations.acknowledged} acknowledged, ${summary.operations.failed} refused, ${summary.operations.unknown} unknown; ${summary.operations.requests} requests`,
    ],
    ['  acknowledged', listed(summary.acknowledged)],
    ['  repeated keys', `${summary.operations.repeats} answered again, byte for byte`],
  ];
  if (summary.kills !== undefined) rows.push(...killRows(summary.kills));
  if (summary.forgets !== undefined) rows.push(...forgetRows(summary.forgets));
  rows.push(
    [
      'messages',
      `${summary.events.published} published, ${summary.events.handled} handled, ${summary.events.effects} effects`,
    ],
    ['on the wire', `${summary.wire.messages} seen, ${summary.wire.repeated} of them again`],
    ['lost', String(summary.lost)],
    ['doubled', String(summary.doubled)],
    [
      'at rest',
      summary.rest.quiet
        ? `${summary.rest.seconds.toFixed(1)} s after the last fault was mended`
        : `NOT after ${summary.rest.seconds.toFixed(0)} s: ${summary.rest.unpublished} unpublished, ${summary.rest.unsettled} unsettled`,
    ],
  );
  const lines = rows.map(([name, value]) => `  ${name.padEnd(38)} ${value}`);
  for (const { rule, kind, count, examples } of summary.violations) {
    lines.push(`  VIOLATED (${kind}, ${count}×): ${rule}`, ...examples.map((example) => `      ${example}`));
  }
  lines.push('', summary.ok ? '  held' : `  NOT HELD; again with: ${summary.command}`);
  return lines.join('\n');
}

function killRows(kills: KillFigures): [string, string][] {
  return [
    [
      'kills',
      `${kills.total}: ${kills.inWindows} in their window, ${kills.byTimer} by the timer; ${kills.gaveUp} starts given up`,
    ],
    ...Object.entries(kills.perWindow).map(([window, count]): [string, string] => [`  ${window}`, String(count)]),
    ['  per process', listed(kills.perApp)],
    ['server faults', `${kills.serverRestarts.length}: ${listed(counted(kills.serverRestarts))}`],
    ['poison planted', String(kills.poison)],
    [
      'ready again after a kill',
      `${kills.recoverySeconds.median} s median, ${kills.recoverySeconds.longest} s longest`,
    ],
  ];
}

function forgetRows(forgets: ForgetFigures): [string, string][] {
  return [
    ['store deleted / rolled back', `${forgets.deleted} / ${forgets.rolledBack}`],
    ['losses to notice', `${forgets.expected}, noticed ${forgets.noticed}`],
    ['  noticed after', `${forgets.noticedSeconds.median} s median, ${forgets.noticedSeconds.longest} s longest`],
    ['  refilled after', `${forgets.refilledSeconds.median} s median, ${forgets.refilledSeconds.longest} s longest`],
    ['published again', String(forgets.republished)],
  ];
}

const listed = (counts: Record<string, number>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

export function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
