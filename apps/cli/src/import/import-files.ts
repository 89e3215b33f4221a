import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { compileSchema, ImportedPosting } from '#contracts';
import { readPostings } from '../../../jobs-ingestion/src/index.js';
import { CommandFailed } from '../exit-codes.js';
import { Progress, type Terminal } from '../terminal.js';
import type { ApiClient } from '../api/api-client.js';
import { type Chunk, Chunker } from './chunks.js';
import { ImportReport, type ImportSummary } from './import-report.js';

export interface ImportRun {
  files: readonly string[];
  /** Source of postings that do not say where they are from; the name of the file unless told. */
  source?: string;
  terminal: Terminal;
  /** Ctrl-C: the request that is under way is finished, nothing else is begun. */
  interrupted: AbortSignal;
}

/** Every file is there before the first posting is sent. */
export async function checkFiles(files: readonly string[]): Promise<void> {
  for (const file of files) {
    const found = await stat(file).catch(() => undefined);
    if (found === undefined) throw new CommandFailed(`${file} cannot be read: there is no such file`);
    if (!found.isFile()) throw new CommandFailed(`${file} is no file`);
  }
}

export async function importFiles(client: ApiClient, run: ImportRun): Promise<ImportSummary> {
  const report = new ImportReport();
  const progress = new Progress(run.terminal);
  const chunker = new Chunker();
  const send = async (chunks: readonly Chunk[]): Promise<void> => {
    for (const chunk of chunks) {
      if (run.interrupted.aborted) return;
      report.stored(chunk, await client.importChunk(chunk));
      const { totals } = report.summary([], true);
      progress.show(`${report.read} read, ${totals.fetched} sent, ${totals.created} new`);
    }
  };
  try {
    for (const file of run.files) {
      await readFile(file, run, report, async (line, posting) => {
        const ready = chunker.add({ file, line, posting });
        if (typeof ready === 'string') report.reject({ file, line, reason: ready });
        else await send(ready);
      });
    }
    await send(chunker.rest());
  } finally {
    progress.end();
  }
  return report.summary(run.files, !run.interrupted.aborted);
}

async function readFile(
  file: string,
  run: ImportRun,
  report: ImportReport,
  take: (line: number, posting: ImportedPosting) => Promise<void>,
): Promise<void> {
  const validator = compileSchema(ImportedPosting);
  const stream = createReadStream(file);
  try {
    for await (const record of readPostings(stream, { source: run.source ?? sourceOf(file) })) {
      if (run.interrupted.aborted) return;
      report.read++;
      if ('problem' in record) {
        report.reject({ file, line: record.line, reason: record.problem });
        continue;
      }
      const [problem] = validator.problems(record.posting, 'posting');
      // One bad posting must not take the others of its request with it.
      if (problem === undefined) await take(record.line, record.posting);
      else report.reject({ file, line: record.line, reason: `${problem.field}: ${problem.message}` });
    }
  } finally {
    stream.destroy();
  }
}

/** `2026-11 openings.jsonl.gz` is `2026-11-openings`. */
export function sourceOf(file: string): string {
  const name = basename(file)
    .replace(/(\.(jsonl|ndjson|json|csv|txt|gz))+$/i, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return name === '' ? 'file' : name;
}
