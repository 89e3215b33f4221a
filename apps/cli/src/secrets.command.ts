import { Command, Option } from 'commander';
import { EXIT_CODES_HELP } from './exit-codes.js';
import { makeSecrets } from './secrets/deployment-secrets.js';
import { dotEnv, kubernetesSecrets } from './secrets/print-secrets.js';
import type { Terminal } from './terminal.js';

interface SecretsOptions {
  format: 'env' | 'kubernetes';
  ownerEmail: string;
  namespace: string;
  databaseAddress: string;
}

export function secretsCommand(terminal: Terminal): Command {
  return new Command('secrets')
    .description('print fresh random passwords for a new installation')
    .addOption(
      new Option('--format <format>', 'a .env file for compose, or Secrets for kubectl')
        .choices(['env', 'kubernetes'])
        .default('env'),
    )
    .option('--owner-email <address>', 'address of the first account', 'owner@localhost')
    .option('--namespace <name>', 'namespace of the Secrets', 'career-copilot')
    .option(
      '--database-address <address>',
      'host:port/database?parameters of PostgreSQL, for the admin connection',
      'postgres:5432/career_copilot',
    )
    .addHelpText(
      'after',
      `
Nothing is stored: run it once and keep what it prints. Another run gives other passwords.

Examples:
  (umask 077 && careercopilot secrets > .env)
  careercopilot secrets --format kubernetes --namespace career-copilot-dev | kubectl apply -f -
${EXIT_CODES_HELP}`,
    )
    .action((options: SecretsOptions) => {
      const values = makeSecrets();
      terminal.out(options.format === 'env' ? dotEnv(values, options.ownerEmail) : kubernetesSecrets(values, options));
    });
}
