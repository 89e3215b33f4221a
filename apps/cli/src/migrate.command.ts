import { Command } from 'commander';
import { SERVICES } from '#contracts';
import { migrate, type MigrationReport } from '#persistence';
import { type Environment, readSettings } from '#platform';
import { SCHEMAS } from './apps.js';
import { migrateModeSettings, migrateSettings, rolePasswordVariable } from './config.js';
import { EXIT_CODES_HELP } from './exit-codes.js';
import type { Terminal } from './terminal.js';

export function migrateCommand(terminal: Terminal, env: Environment): Command {
  return new Command('migrate')
    .description('bring the database up to date: schemas, roles, rights, tables')
    .option('--json', 'print what was applied as JSON')
    .addHelpText(
      'after',
      `
Reads DATABASE_ADMIN_URL and one DATABASE_PASSWORD_<SCHEMA> per service (or their _FILE forms) and leaves a role
cc_<schema> per service. Safe to repeat, and to run twice at once: the second waits for the first.

Example:
  DATABASE_ADMIN_URL=postgres://postgres@localhost/career_copilot careercopilot migrate
${EXIT_CODES_HELP}`,
    )
    .action(async (options: { json?: boolean }) => {
      const report = await runMigrations(env, (line) => terminal.err(`${line}\n`));
      for (const warning of report.warnings) terminal.err(`warning: ${warning}\n`);
      terminal.out(options.json === true ? `${JSON.stringify(report, null, 2)}\n` : describe(report));
    });
}

async function runMigrations(env: Environment, say: (line: string) => void): Promise<MigrationReport> {
  const { DATABASE_SINGLE_ROLE: singleRole } = readSettings(migrateModeSettings, env);
  const settings = readSettings(migrateSettings(singleRole), env);
  const passwords: Readonly<Record<string, unknown>> = settings;
  const rolePasswords: Partial<Record<(typeof SERVICES)[number], string>> = {};
  for (const service of SERVICES) {
    const password = passwords[rolePasswordVariable(service)];
    if (typeof password === 'string') rolePasswords[service] = password;
  }
  return migrate({ adminUrl: settings.DATABASE_ADMIN_URL, schemas: SCHEMAS, rolePasswords, singleRole, say });
}

function describe({ applied }: MigrationReport): string {
  if (applied.length === 0) return 'The database is up to date; nothing was to do.\n';
  const lines = applied.map(({ service, migration }) => `  ${service}  ${migration}`);
  return `${applied.length} migrations applied:\n${lines.join('\n')}\n`;
}
