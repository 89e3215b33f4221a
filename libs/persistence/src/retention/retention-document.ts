import type { KeptTable, Retention, Sweep } from './retention.js';

/** `docs/retention.md`: every table, what it is kept for and how long. Generated, so that it cannot differ from the job. */
export function retentionDocument(sections: Readonly<Record<string, Retention>>): string {
  const lines = [
    '# What is kept, and how long',
    '',
    '<!-- Generated from the retention.ts of every service; do not edit. -->',
    '',
    'Every table of every service, with the periods of an installation that changed no setting. What has a period is',
    'removed by the housekeeping of its service, which runs every ten minutes in every replica. "The account" ends when',
    'its owner erases it ([how](runbooks/erasure.md)); then everything of his goes, whatever period it has, and what he',
    'can delete alone goes at once when he does.',
  ];
  for (const [title, retention] of Object.entries(sections)) {
    lines.push('', `## ${title}`, '', '| table | kept for | until |', '|---|---|---|');
    const tables = Object.entries(retention).sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [table, kept] of tables) lines.push(`| ${table} | ${kept.purpose} | ${untilOf(kept)} |`);
  }
  return `${lines.join('\n')}\n`;
}

function untilOf({ until, sweeps = [] }: KeptTable): string {
  const periods = sweeps.map(periodOf);
  if (until === 'sweep') return periods.join('; ');
  if (until === 'erasure') return [...periods, 'else: the account'].join('; ').replace(/^else: /, '');
  if ('parent' in until) return [...periods, `its row in ${until.parent}`].join('; ');
  if ('code' in until) return `${until.after} (${until.code})`;
  return [...periods, `for ever: ${until.never}`].join('; ');
}

const periodOf = ({ keptMs, event, setting }: Sweep): string =>
  `${keptMs === 0 ? 'when' : `${inWords(keptMs)} after`} ${event}${setting === undefined ? '' : ` (\`${setting}\`)`}`;

const UNITS: readonly [string, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

function inWords(ms: number): string {
  const [unit, size] = UNITS.find(([, length]) => ms >= length && ms % length === 0) ?? ['millisecond', 1];
  const count = ms / size;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
