import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REQUIREMENTS } from './requirements.js';
import { testsOf } from './spec-file.js';
import { proofsOf, type Proof, type Row, STATES } from './table.js';

/** Everything that is wrong with the table, as sentences; `root` is where its files lie. */
export function problemsOf(rows: readonly Row[], root: string): string[] {
  return [...rowsProblems(rows), ...rows.flatMap(rowProblems), ...proofProblems(rows, root)];
}

function rowsProblems(rows: readonly Row[]): string[] {
  const ids = rows.map(({ id }) => id);
  const known = new Set(REQUIREMENTS.map(({ id }) => id));
  return [
    ...REQUIREMENTS.filter(({ id }) => !ids.includes(id)).map(({ id }) => `${id} has no row`),
    ...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `${id} has two rows`),
    ...ids.filter((id) => !known.has(id)).map((id) => `${id} is no requirement`),
  ];
}

function rowProblems(row: Row): string[] {
  const { id, chapter, level, asks, state, proof, reason } = row;
  const required = REQUIREMENTS.find((one) => one.id === id);
  const found: string[] = [];
  if (required !== undefined && (required.chapter !== chapter || required.level !== level)) {
    found.push(`${id} is of chapter ${required.chapter} and level ${required.level}`);
  }
  if (!STATES.some((one) => one === state)) found.push(`${id} is '${state}', which is no state`);
  if (asks === '') found.push(`${id} does not say what it asks`);
  if (state === 'met' && proof === '') found.push(`${id} is met, and nothing proves it`);
  if (state !== 'met' && reason === '') found.push(`${id} is ${state}, and there is no reason`);
  return found;
}

function proofProblems(rows: readonly Row[], root: string): string[] {
  const problemOf = ({ file, test }: Proof): string | undefined => {
    if (!existsSync(join(root, file))) return `${file} does not exist`;
    if (test === undefined) return undefined;
    const runs = testsIn(join(root, file)).get(test);
    if (runs === undefined) return `${file} has no test '${test}'`;
    return runs ? undefined : `${file}: '${test}' is skipped, or may be`;
  };
  return rows.flatMap((row) =>
    proofsOf(row).flatMap((proof) => {
      const problem = problemOf(proof);
      return problem === undefined ? [] : [`${row.id}: ${problem}`];
    }),
  );
}

/** Read once, however often the table is checked. */
const read = new Map<string, Map<string, boolean>>();

function testsIn(file: string): Map<string, boolean> {
  const known = read.get(file) ?? testsOf(readFileSync(file, 'utf8'));
  read.set(file, known);
  return known;
}
