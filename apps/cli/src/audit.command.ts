import type { AuditFinding } from '#contracts';
import { Command } from 'commander';
import { type AccountOptions, signedIn, withAccountOptions } from './api/connection.js';
import { verifyWholeAudit } from './audit/verify-audit.js';
import { CommandFailed, EXIT, EXIT_CODES_HELP } from './exit-codes.js';
import { table, type Terminal } from './terminal.js';

interface VerifyOptions extends AccountOptions {
  json?: boolean;
}

export function auditCommand(terminal: Terminal, interrupted: AbortSignal): Command {
  return new Command('audit')
    .description('look after the security history')
    .addCommand(verifyCommand(terminal, interrupted))
    .addHelpText(
      'after',
      `
Example:
  careercopilot audit verify
${EXIT_CODES_HELP}`,
    );
}

function verifyCommand(terminal: Terminal, interrupted: AbortSignal): Command {
  const command = new Command('verify').description(
    'find rows of the security history that were changed, removed or added behind the platform',
  );
  return withAccountOptions(command, 'admin:operations')
    .option('--json', 'print counts, seal and every finding as JSON')
    .addHelpText(
      'after',
      `
Code 3 when something is found. Keep the number of the seal: a smaller one later means that a backup was put in place.

Examples:
  careercopilot audit verify
  careercopilot audit verify --key-file admin.key --json | jq .findings
${EXIT_CODES_HELP}`,
    )
    .action(async (options: VerifyOptions) => {
      const client = await signedIn(options, terminal);
      const report = await verifyWholeAudit(client, terminal, interrupted);
      terminal.out(options.json === true ? `${JSON.stringify(report, null, 2)}\n` : inWords(report));
      if (!report.complete) throw new CommandFailed('', EXIT.interrupted);
      if (report.findings.length > 0) throw new CommandFailed('', EXIT.partly);
    });
}

type Report = Awaited<ReturnType<typeof verifyWholeAudit>>;

function inWords({ checked, seal, findings, complete }: Report): string {
  const state = seal === null ? 'there is no seal' : `seal ${seal.number} of ${seal.sealed_at}`;
  const verdict = findings.length === 0 ? (complete ? 'the log is whole' : 'nothing found so far') : 'FOUND';
  const rows = findings.map((one) => [one.problem, one.user_id ?? '-', placeOf(one), one.entry_id ?? '-']);
  const found = rows.length === 0 ? '' : `\n${table(['problem', 'user', 'place', 'entry'], rows)}`;
  return `${checked} rows; ${state}; ${verdict}\n${found}${complete ? '' : 'Stopped before the end.\n'}`;
}

const placeOf = ({ sequence, through }: AuditFinding): string =>
  sequence === null ? '-' : sequence === through ? `${sequence}` : `${sequence}-${through ?? ''}`;
