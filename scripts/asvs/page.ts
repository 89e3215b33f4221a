import { CHAPTERS } from './requirements.js';
import { type Proof, proofsOf, type Row, STATES } from './table.js';

const LEVELS = ['L1', 'L2', 'L3'];

/** docs/security/asvs.md, for reading; the table itself is asvs.csv. */
export function asvsPage(rows: readonly Row[]): string {
  const chapters = Object.keys(CHAPTERS);
  return [
    '# Where security is proven',
    '',
    '<!-- Generated from docs/security/asvs.csv by npm run sync-docs; do not edit. -->',
    '',
    'What the OWASP Application Security Verification Standard 5.0.0 asks, chapter by chapter, and the test or the source',
    'that answers it. The numbers are those of the standard, the words are ours. A test',
    '(`scripts/asvs/asvs.spec.ts`) fails when a requirement is missing here, or a test that is named does not exist or may',
    'be skipped. What is decided rather than tested stands in [decisions.md](decisions.md), what can be reached by which',
    'door in [doors.md](doors.md).',
    '',
    '## How far we are',
    '',
    ...countsOf(rows),
    '',
    '## Not met',
    '',
    ...reasonsOf(rows, ['not_met', 'not_judged']),
    '',
    ...chapters.flatMap((chapter) => chapterOf(chapter, rows)),
    '## Does not apply',
    '',
    ...reasonsOf(rows, ['not_applicable']),
    '',
  ].join('\n');
}

function countsOf(rows: readonly Row[]): string[] {
  const cells = (chosen: readonly Row[]): string =>
    STATES.map((state) =>
      LEVELS.map((level) => chosen.filter((row) => row.state === state && row.level === level).length).join(' / '),
    ).join(' | ');
  const lines = Object.entries(CHAPTERS).map(
    ([chapter, title]) => `| ${chapter} ${title} | ${cells(rows.filter((row) => row.chapter === chapter))} |`,
  );
  return [
    '| chapter (level 1 / 2 / 3) | met | not met | does not apply | not judged |',
    '|---|---|---|---|---|',
    ...lines,
    `| all | ${cells(rows)} |`,
  ];
}

const reasonsOf = (rows: readonly Row[], states: readonly string[]): string[] => [
  '| number | level | what must hold | why not |',
  '|---|---|---|---|',
  ...rows
    .filter(({ state }) => states.includes(state))
    .map(({ id, level, asks, state, reason }) => {
      const why = state === 'not_judged' ? `Not judged: ${reason}` : reason;
      return `| ${[id, level, asks, why].map(cell).join(' | ')} |`;
    }),
];

function chapterOf(chapter: string, rows: readonly Row[]): string[] {
  const lines = rows
    .filter((row) => row.chapter === chapter && row.state === 'met')
    .flatMap((row) => proofsOf(row).map((proof) => `| ${row.id} | ${cell(row.asks)} | ${shown(proof)} |`));
  return [
    `## ${CHAPTERS[chapter] ?? ''} (${chapter})`,
    '',
    '| number | what must hold | proof |',
    '|---|---|---|',
    ...lines,
    '',
  ];
}

const shown = ({ file, test }: Proof): string => {
  const spec = file.slice(file.lastIndexOf('/') + 1).replace(/(\.spec)?\.ts$/, '');
  return test === undefined ? `[${file}](../../${file})` : `${spec}: \`${cell(test)}\``;
};

const cell = (text: string): string => text.replaceAll('|', '\\|');
