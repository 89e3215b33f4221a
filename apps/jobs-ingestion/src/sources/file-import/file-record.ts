/** One record of a file, or what is wrong with it. `line` is where it begins; for a JSON document its position. */
export type FileRecord = { line: number; value: unknown } | { line: number; problem: string };
