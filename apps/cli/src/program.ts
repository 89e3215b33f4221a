import { Command, CommanderError } from 'commander';
import { type Environment, formatSettingsError, packageVersion, SettingsError } from '#platform';
import { auditCommand } from './audit.command.js';
import { CommandFailed, EXIT, EXIT_CODES_HELP } from './exit-codes.js';
import { importCommand } from './import.command.js';
import { importUsersCommand } from './import-users.command.js';
import { migrateCommand } from './migrate.command.js';
import { resealCommand } from './reseal.command.js';
import { secretsCommand } from './secrets.command.js';
import { settingsCommand } from './settings.command.js';
import type { Terminal } from './terminal.js';
import { webhooksCommand } from './webhooks.command.js';

export interface Surroundings {
  terminal: Terminal;
  env: Environment;
  /** Aborted by Ctrl-C. */
  interrupted: AbortSignal;
}

/** Runs one command line and gives the code to exit with; never throws and never exits. */
export async function run(words: readonly string[], surroundings: Surroundings): Promise<number> {
  const { terminal } = surroundings;
  try {
    await programOf(surroundings).parseAsync([...words], { from: 'user' });
    return EXIT.done;
  } catch (error) {
    // Help and version are answers, not failures.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    if (error instanceof SettingsError) {
      terminal.err(formatSettingsError(error));
      return EXIT.configuration;
    }
    const message = error instanceof Error ? error.message : String(error);
    if (message !== '') terminal.err(`error: ${message}\n`);
    return error instanceof CommandFailed ? error.code : EXIT.failed;
  }
}

function programOf({ terminal, env, interrupted }: Surroundings): Command {
  const program = new Command('careercopilot')
    .description('Career Copilot from the command line.')
    .version(packageVersion())
    .addHelpText('after', EXIT_CODES_HELP);
  const commands = [
    auditCommand(terminal, interrupted),
    importCommand(terminal, interrupted),
    importUsersCommand(terminal, interrupted),
    migrateCommand(terminal, env),
    resealCommand(terminal, env),
    secretsCommand(terminal),
    settingsCommand(terminal),
    webhooksCommand(terminal, interrupted),
  ];
  for (const command of [program, ...commands, ...commands.flatMap((one) => one.commands)]) {
    command
      .exitOverride()
      .showHelpAfterError('(add --help for an explanation and examples)')
      .configureOutput({ writeOut: (text) => terminal.out(text), writeErr: (text) => terminal.err(text) });
  }
  for (const command of commands) program.addCommand(command);
  return program;
}
