import { type ImportPostingsResponse, SourceCounts } from '#contracts';
import { table } from '../terminal.js';
import type { Chunk } from './chunks.js';

export type Counts = ImportPostingsResponse['counts'];

/** A record that was not stored, and why. */
export interface Rejection {
  file: string;
  line: number;
  reason: string;
}

export interface ImportSummary {
  files: string[];
  /** Records found in the files, readable or not. */
  read: number;
  totals: Counts;
  sources: Record<string, Counts>;
  rejected: Rejection[];
  /** False when Ctrl-C ended it early. */
  complete: boolean;
  seconds: number;
}

const NAMES = Object.keys(SourceCounts.properties) as (keyof Counts)[];

export const noCounts = (): Counts => ({
  fetched: 0,
  created: 0,
  changed: 0,
  duplicate_url: 0,
  duplicate_fingerprint: 0,
  duplicate_near: 0,
  unchanged: 0,
  rejected: 0,
  with_visa_evidence: 0,
});

/** What an import did so far. */
export class ImportReport {
  read = 0;
  private readonly sources = new Map<string, Counts>();
  private readonly rejected: Rejection[] = [];
  private readonly began = performance.now();

  reject(rejection: Rejection): void {
    this.rejected.push(rejection);
  }

  stored({ source, items }: Chunk, answer: ImportPostingsResponse): void {
    const counts = this.sources.get(source) ?? noCounts();
    for (const name of NAMES) counts[name] += answer.counts[name];
    this.sources.set(source, counts);
    for (const { index, reason } of answer.rejected) {
      const item = items[index];
      if (item !== undefined) this.rejected.push({ file: item.file, line: item.line, reason });
    }
  }

  summary(files: readonly string[], complete: boolean): ImportSummary {
    const totals = noCounts();
    for (const counts of this.sources.values()) for (const name of NAMES) totals[name] += counts[name];
    return {
      files: [...files],
      read: this.read,
      totals,
      sources: Object.fromEntries([...this.sources].sort(([a], [b]) => a.localeCompare(b))),
      rejected: [...this.rejected].sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line),
      complete,
      seconds: Math.round((performance.now() - this.began) / 100) / 10,
    };
  }
}

const row = (name: string, counts: Counts) => [
  name,
  counts.fetched,
  counts.created,
  counts.changed,
  counts.duplicate_url,
  counts.duplicate_fingerprint,
  counts.duplicate_near,
  counts.unchanged,
  counts.rejected,
  counts.with_visa_evidence,
];
const HEAD = [
  'source',
  'read',
  'new',
  'changed',
  'dup:url',
  'dup:print',
  'dup:near',
  'known',
  'rejected',
  'visa evidence',
];
const SHOWN_REJECTIONS = 20;

/** The table a person sees at the end. */
export function importTable({ sources, totals, rejected, read, seconds, complete }: ImportSummary): string {
  const rows = Object.entries(sources).map(([name, counts]) => row(name, counts));
  const lines = [table(HEAD, [...rows, row('total', totals)])];
  const unreadable = rejected.length - totals.rejected;
  lines.push(`${read} records in ${seconds} s; ${unreadable} could not be read, ${totals.rejected} were refused.\n`);
  if (rejected.length > 0) {
    lines.push('\nNot stored:\n');
    for (const one of rejected.slice(0, SHOWN_REJECTIONS)) lines.push(`  ${one.file}:${one.line}  ${one.reason}\n`);
    const more = rejected.length - SHOWN_REJECTIONS;
    if (more > 0) lines.push(`  … and ${more} more; --json lists all\n`);
  }
  if (!complete) lines.push('\nStopped before the end. Run the same command again: what is stored is recognised.\n');
  return lines.join('');
}
