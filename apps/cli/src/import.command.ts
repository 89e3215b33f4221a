import { Command } from 'commander';
import { CommandFailed, EXIT, EXIT_CODES_HELP } from './exit-codes.js';
import { type AccountOptions, signedIn, withAccountOptions } from './api/connection.js';
import { checkFiles, importFiles } from './import/import-files.js';
import { importTable } from './import/import-report.js';
import type { Terminal } from './terminal.js';

interface ImportOptions extends AccountOptions {
  source?: string;
  json?: boolean;
}

export function importCommand(terminal: Terminal, interrupted: AbortSignal): Command {
  const command = new Command('import')
    .description('store the postings of files: JSON Lines, JSON or CSV, gzipped or not')
    .argument('<files...>', 'files to read');
  return withAccountOptions(command, 'admin:jobs')
    .option('--source <name>', 'source of postings that do not say theirs; the name of the file unless given')
    .option('--json', 'print the counts and every rejected line as JSON')
    .addHelpText(
      'after',
      `
Fields are found by their usual names (title, company, location, description, url, posted_at, salary_min …). A line
that cannot be read is counted and named; the others are stored. Importing a file again changes nothing.

Examples:
  careercopilot import openings.jsonl
  careercopilot import --source newsletter 2026-11.csv.gz --json | jq .totals
${EXIT_CODES_HELP}`,
    )
    .action(async (files: string[], options: ImportOptions) => {
      await checkFiles(files);
      const client = await signedIn(options, terminal);
      const summary = await importFiles(client, { files, source: options.source, terminal, interrupted });
      terminal.out(options.json === true ? `${JSON.stringify(summary, null, 2)}\n` : importTable(summary));
      if (!summary.complete) throw new CommandFailed('', EXIT.interrupted);
      if (summary.rejected.length > 0) throw new CommandFailed('', EXIT.partly);
    });
}
