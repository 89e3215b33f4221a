import { createInterface } from 'node:readline/promises';

/** Where a command writes. Results go to `out`, progress and problems to `err`, so that output can be piped. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Whether `err` is a person's screen, where a line may be rewritten. */
  isInteractive: boolean;
  /** What a person types after `question`; undefined where nobody is there. */
  ask(question: string): Promise<string | undefined>;
}

export const processTerminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  isInteractive: process.stderr.isTTY && process.env['NO_COLOR'] === undefined,
  ask: async (question) => {
    if (!process.stdin.isTTY) return undefined;
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return await lines.question(question);
    } catch (error) {
      // Ctrl-C or Ctrl-D at the question: nobody is there any more.
      if (error instanceof Error && error.name === 'AbortError') return undefined;
      throw error;
    } finally {
      lines.close();
    }
  },
};

type Cell = string | number;

/** Columns aligned; numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => String(row[column] ?? '').length)),
  );
  const isNumber = head.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'));
  const line = (cells: readonly Cell[]): string =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return isNumber[column] === true ? String(cell).padStart(width) : String(cell).padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return `${[head, ...rows].map(line).join('\n')}\n`;
}

/** One line that is rewritten on a screen; elsewhere a line every few seconds. */
export class Progress {
  private shown = false;
  private lastAt = 0;

  constructor(
    private readonly terminal: Terminal,
    private readonly everyMs = terminal.isInteractive ? 100 : 5_000,
  ) {}

  show(text: string): void {
    const now = performance.now();
    if (now - this.lastAt < this.everyMs) return;
    this.lastAt = now;
    this.shown = true;
    this.terminal.err(this.terminal.isInteractive ? `\r\u001b[2K${text}` : `${text}\n`);
  }

  end(): void {
    if (this.shown && this.terminal.isInteractive) this.terminal.err('\r\u001b[2K');
    this.shown = false;
  }
}
