import type { ScrapeRun } from '#contracts';

const plain = process.env['NO_COLOR'] !== undefined || !process.stdout.isTTY;
const paint = (code: number, text: string): string => (plain ? text : `\u001b[${code}m${text}\u001b[0m`);
export const bold = (text: string): string => paint(1, text);
export const dim = (text: string): string => paint(2, text);

type Row = readonly (string | number)[];

/** Columns aligned; numbers to the right. */
export function table(head: readonly string[], rows: readonly Row[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => String(row[column] ?? '').length)),
  );
  const line = (cells: Row): string =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return typeof cell === 'number' ? String(cell).padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  const title = head.map((text, column) =>
    typeof rows[0]?.[column] === 'number' ? text.padStart(widths[column] ?? 0) : text,
  );
  return [bold(line(title)), ...rows.map(line)].join('\n');
}

/** What a run found, per source: new openings, and which layer recognised the others. */
export function runTable(run: ScrapeRun): string {
  const rows = run.sources.map((source): Row => [
    source.source,
    source.outcome ?? source.status,
    source.fetched,
    source.created,
    source.duplicate_url,
    source.duplicate_fingerprint,
    source.duplicate_near,
    source.rejected,
    source.with_visa_evidence,
  ]);
  const { totals } = run;
  const sum: Row = [
    'total',
    '',
    totals.fetched,
    totals.created,
    totals.duplicate_url,
    totals.duplicate_fingerprint,
    totals.duplicate_near,
    totals.rejected,
    totals.with_visa_evidence,
  ];
  return table(
    ['source', 'result', 'fetched', 'new', 'dup:url', 'dup:print', 'dup:near', 'rejected', 'visa evidence'],
    [...rows, sum],
  );
}

export function progressLine(run: ScrapeRun): string {
  const done = run.sources.filter((source) => source.status === 'finished').length;
  return `${done}/${run.sources.length} sources, ${run.totals.fetched} fetched, ${run.totals.created} new`;
}

/** One line that is rewritten on a terminal; elsewhere a line whenever it changed. */
export class Progress {
  private last = '';

  show(text: string): void {
    if (text === this.last) return;
    this.last = text;
    process.stdout.write(plain ? `  ${text}\n` : `\r\u001b[2K  ${text}`);
  }

  end(): void {
    if (!plain && this.last !== '') process.stdout.write('\r\u001b[2K');
    this.last = '';
  }
}
