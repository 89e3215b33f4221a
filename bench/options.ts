import { parseArgs } from 'node:util';

export const PARTS = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
export type Part = (typeof PARTS)[number];

export interface Options {
  parts: readonly Part[];
  quick: boolean;
  rounds: number;
  /** Length of one measurement. */
  seconds: number;
  /** Postings of (b). */
  postings: number;
}

export const HELP = `Measures the platform against the bare chain it is built on, on this machine, and writes docs/benchmarks.

  --only=a,b       parts: a small answers, b search, c ingestion, d start and memory, e signing in,
                   f others under attack (all unless told); some of them write <date>-<parts>.md alone
  --quick          short rounds and few rows: to see that it works, not to read figures from; writes nothing
  --rounds=N       interleaved rounds (7; 5 is the least that is reported)
  --postings=N     rows that are searched (100000)
  --help           this text

CORPUS_DIR names the folder with real postings for c; without it the bundled sample feed is read.
`;

export function readOptions(args: string[]): Options | 'help' {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      postings: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return 'help';
  const wanted = values.only?.split(',') ?? PARTS;
  const unknown = wanted.filter((name) => !PARTS.some((part) => part === name));
  if (unknown.length > 0) throw new Error(`--only=${unknown.join(',')}: known parts are ${PARTS.join(', ')}`);
  return {
    parts: PARTS.filter((part) => wanted.includes(part)),
    quick: values.quick,
    rounds: whole('rounds', values.rounds, values.quick ? 2 : 7),
    seconds: values.quick ? 1 : 3,
    postings: whole('postings', values.postings, values.quick ? 5_000 : 100_000),
  };
}

function whole(name: string, text: string | undefined, standard: number): number {
  const value = text === undefined ? standard : Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name}=${text ?? ''} must be a whole number from 1`);
  return value;
}
