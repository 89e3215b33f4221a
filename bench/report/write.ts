import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadavg } from 'node:os';
import type { Machine } from './machine.js';
import { barLine, passes, type Section } from './section.js';

const FOLDER = join('docs', 'benchmarks');

/** One run: where, by which command, and what was found. */
export interface Run {
  machine: Machine;
  how: string;
  sections: readonly Section[];
}

/**
 * `<date>.md` for people, `latest.json` for programs: the figures of the last whole run, all of one commit and one hour.
 * A run of some of `parts` alone writes `<date>-<those>.md` and touches neither. Answers where the report is.
 */
export function writeReport(run: Run, parts: readonly string[], folder = FOLDER): string {
  const { machine, how, sections } = run;
  const day = machine.date.slice(0, 10);
  const isWhole = parts.every((part) => sections.some(({ id }) => id === part));
  mkdirSync(folder, { recursive: true });
  const path = join(folder, isWhole ? `${day}.md` : `${day}-${sections.map(({ id }) => id).join('')}.md`);
  writeFileSync(path, markdown(run));
  if (!isWhole) return path;
  const figures = sections.map(({ id, title, bars, data }) => ({
    id,
    title,
    bars: bars.map((bar) => ({ ...bar, passes: passes(bar) })),
    data,
  }));
  writeFileSync(join(folder, 'latest.json'), `${JSON.stringify({ machine, how, sections: figures }, null, 2)}\n`);
  return path;
}

export function sectionText({ title, columns, rows, bars, notes }: Section): string {
  const widths = columns.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  ');
  return [
    '',
    title,
    line(columns),
    ...rows.map(line),
    '',
    ...bars.map(barLine),
    ...notes.map((note) => `  ${note}`),
    '',
  ].join('\n');
}

function markdown({ machine, how, sections }: Run): string {
  const facts: [string, string][] = [
    ['machine', `${machine.cores} cores (${machine.processor}), ${machine.memoryGb} GB, ${machine.system}`],
    ['software', `Node ${machine.node}, PostgreSQL ${machine.postgres}, nats-server ${machine.nats}`],
    ['commit', machine.commit],
    [
      'load average',
      `${machine.loadBefore.toFixed(1)} before, ${(loadavg()[0] ?? NaN).toFixed(1)} at the end (its own load included)`,
    ],
    ['command', how],
  ];
  return [
    `# Benchmarks of ${machine.date.slice(0, 10)}`,
    '',
    'One run of `make bench`. Ratios compare with a baseline measured in the same run, in turn, round by round: median',
    '(least–most) over the rounds. Absolute figures depend on the machine and on what else it does.',
    '',
    ...facts.map(([name, value]) => `- ${name}: ${value}`),
    '',
    ...sections.flatMap(sectionMarkdown),
  ].join('\n');
}

function sectionMarkdown({ id, title, columns, rows, bars, notes }: Section): string[] {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    `## (${id}) ${title}`,
    '',
    ...bars.map((bar) => `- **${barLine(bar).slice(0, 4)}**${barLine(bar).slice(5)}`),
    '',
    row(columns),
    row(columns.map(() => '---')),
    ...rows.map(row),
    '',
    ...notes.map((note) => `- ${note}`),
    '',
  ];
}
