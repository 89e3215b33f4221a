import { Command } from 'commander';
import { CommandFailed, EXIT, EXIT_CODES_HELP } from './exit-codes.js';
import { type AccountOptions, signedIn, withAccountOptions } from './api/connection.js';
import { checkFiles } from './import/import-files.js';
import { importUsersOf, usersTable } from './import/import-users.js';
import type { Terminal } from './terminal.js';

interface ImportUsersOptions extends AccountOptions {
  json?: boolean;
}

export function importUsersCommand(terminal: Terminal, interrupted: AbortSignal): Command {
  const command = new Command('import-users')
    .description('take accounts over from another system, with their password hashes: JSON Lines')
    .argument('<file>', 'one account per line');
  return withAccountOptions(command, 'admin:users')
    .option('--json', 'print the counts and every rejected line as JSON')
    .addHelpText(
      'after',
      `
A line: {"email":"a@example.com","full_name":"Ana","email_verified":true,"password_hash":"$2b$10$…",
"created_at":"2024-03-01T09:30:00Z","role":"user"}. The last three may be missing. Hashes are bcrypt or argon2id; people
sign in with the password they have. Addresses that have an account keep it: importing a file again changes nothing.

Examples:
  careercopilot import-users people.jsonl --key-file admin.key
  careercopilot import-users people.jsonl --json | jq .counts
${EXIT_CODES_HELP}`,
    )
    .action(async (file: string, options: ImportUsersOptions) => {
      await checkFiles([file]);
      const client = await signedIn(options, terminal);
      const summary = await importUsersOf(client, { file, terminal, interrupted });
      terminal.out(options.json === true ? `${JSON.stringify(summary, null, 2)}\n` : usersTable(summary));
      if (!summary.complete) throw new CommandFailed('', EXIT.interrupted);
      if (summary.rejected.length > 0) throw new CommandFailed('', EXIT.partly);
    });
}
