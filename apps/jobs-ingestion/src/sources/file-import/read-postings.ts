import type { Readable } from 'node:stream';
import type { ImportedPosting } from '#contracts';
import { mapRecord } from './map-record.js';
import { readRecords } from './read-records.js';

export type ImportLine = { line: number; posting: ImportedPosting } | { line: number; problem: string };

/**
 * The postings of a file, one by one, as `careercopilot import` sends them. `source` names postings that do not say
 * where they are from. Every line yields exactly one posting or one problem, except blank lines.
 */
export async function* readPostings(file: Readable, { source }: { source: string }): AsyncGenerator<ImportLine> {
  for await (const record of readRecords(file)) {
    if ('problem' in record) {
      yield record;
      continue;
    }
    const posting = mapRecord(record.value, source);
    yield typeof posting === 'string' ? { line: record.line, problem: posting } : { line: record.line, posting };
  }
}
