import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { CommandFailed, EXIT, EXIT_CODES_HELP } from './exit-codes.js';
import { ApiClient } from './import/api-client.js';
import { checkFiles, importFiles } from './import/import-files.js';
import { importTable } from './import/import-report.js';
import type { Terminal } from './terminal.js';

interface ImportOptions {
  api: string;
  email: string;
  passwordFile: string;
  source?: string;
  json?: boolean;
}

export function importCommand(terminal: Terminal, interrupted: AbortSignal): Command {
  return new Command('import')
    .description('store the postings of files: JSON Lines, JSON or CSV, gzipped or not')
    .argument('<files...>', 'files to read')
    .option('--api <url>', 'address of the platform', 'http://127.0.0.1:8002')
    .option('--email <address>', 'account with the role admin', 'owner@localhost')
    .option('--password-file <file>', 'file with its password', 'data/owner-password')
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
      const client = new ApiClient({
        api: checkAddress(options.api),
        email: options.email,
        password: await readPassword(options.passwordFile),
        onWait: (reason, ms) => terminal.err(`${reason}; trying again in ${Math.ceil(ms / 1000)} s\n`),
      });
      await client.signIn();
      const summary = await importFiles(client, { files, source: options.source, terminal, interrupted });
      terminal.out(options.json === true ? `${JSON.stringify(summary, null, 2)}\n` : importTable(summary));
      if (!summary.complete) throw new CommandFailed('', EXIT.interrupted);
      if (summary.rejected.length > 0) throw new CommandFailed('', EXIT.partly);
    });
}

function checkAddress(text: string): string {
  if (/^https?:\/\/[^/\s]+\/?$/.test(text)) return text;
  throw new CommandFailed(`--api ${text}: write it like http://127.0.0.1:8002, without a path`, EXIT.usage);
}

async function readPassword(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailed(`--password-file: ${reason}`);
  });
  const password = text.trim();
  if (password === '') throw new CommandFailed(`--password-file: ${file} is empty`);
  return password;
}
