export const STATES = ['met', 'not_met', 'not_applicable', 'not_judged'] as const;
export const COLUMNS = ['id', 'chapter', 'level', 'asks', 'state', 'proof', 'reason'] as const;
type Column = (typeof COLUMNS)[number];

export type Row = Readonly<Record<Column, string>>;

export interface Proof {
  file: string;
  /** Without one the file itself is the proof. */
  test: string | undefined;
}

/** Rows of docs/security/asvs.csv (RFC 4180); throws where it is no table of these columns. */
export function readTable(text: string): Row[] {
  const [head, ...records] = readCsv(text);
  if (head?.join() !== COLUMNS.join()) throw new Error(`the columns are ${COLUMNS.join()}`);
  return records.map((cells) => {
    if (cells.length !== COLUMNS.length) throw new Error(`${cells[0]} has ${cells.length} cells`);
    const [id = '', chapter = '', level = '', asks = '', state = '', proof = '', reason = ''] = cells;
    return { id, chapter, level, asks, state, proof, reason };
  });
}

/** `file > name of the test; file`: names may hold semicolons, so only one in front of a path divides. */
export function proofsOf({ proof }: Row): Proof[] {
  if (proof === '') return [];
  return proof.split(/;\s*(?=[\w.-]+\/|[\w.-]+\.(?:md|json)$|\.npmrc)/).map((part) => {
    const [file = '', ...test] = part.trim().split(' > ');
    return { file, test: test.length === 0 ? undefined : test.join(' > ') };
  });
}

function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, cell = '', end] of text.matchAll(/("(?:[^"]|"")*"|[^",\n]*)(,|\n|$)/g)) {
    rows.at(-1)?.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end === '\n') rows.push([]);
    if (end === '') break;
  }
  return rows.filter((cells) => cells.length > 1 || cells[0] !== '');
}
