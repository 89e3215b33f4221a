import { Command } from 'commander';
import { reseal, type SealedUnder, withAdmin } from '#persistence';
import { type Environment, FieldCipher, readSettings } from '#platform';
import { SCHEMAS } from './apps.js';
import { resealSettings } from './config.js';
import { CommandFailed, EXIT, EXIT_CODES_HELP } from './exit-codes.js';
import { table, type Terminal } from './terminal.js';

export function resealCommand(terminal: Terminal, env: Environment): Command {
  return new Command('reseal')
    .description('seal what an older field key sealed with the newest one, and say which keys are still needed')
    .option('--json', 'print the counts as JSON')
    .addHelpText(
      'after',
      `
Reads DATABASE_ADMIN_URL and FIELD_KEYS (or their _FILE forms), with old and new key in it. Services may run meanwhile, if
they know both. Can be stopped anywhere and repeated. Code 3 when values could not be opened. The services do the same by
themselves every hour; the steps are in docs/runbooks/rotate-secrets.md.

Example:
  DATABASE_ADMIN_URL=postgres://postgres@localhost/career_copilot FIELD_KEYS=new:…,old:… careercopilot reseal
${EXIT_CODES_HELP}`,
    )
    .action(async (options: { json?: boolean }) => {
      const settings = readSettings(resealSettings, env);
      const report = await resealAll(settings.DATABASE_ADMIN_URL, new FieldCipher(settings.FIELD_KEYS));
      const known = [...settings.FIELD_KEYS.keys()];
      terminal.out(options.json === true ? `${JSON.stringify(report, null, 2)}\n` : inWords(report, known));
      if (report.unreadable > 0) throw new CommandFailed('', EXIT.partly);
    });
}

type Report = Awaited<ReturnType<typeof resealAll>>;

async function resealAll(adminUrl: string, cipher: FieldCipher) {
  return withAdmin(adminUrl, async (admin) => {
    const db = {
      query: async <Row>(_name: string, sql: string, parameters: readonly unknown[] = []): Promise<Row[]> =>
        (await admin.query(sql, [...parameters])).rows as Row[],
    };
    const total = { renewed: 0, unreadable: 0, under: Array<SealedUnder>() };
    for (const schema of SCHEMAS) {
      const { renewed, unreadable, under } = await reseal(db, cipher, schema);
      total.renewed += renewed;
      total.unreadable += unreadable;
      total.under.push(...under);
    }
    return total;
  });
}

function inWords({ renewed, unreadable, under }: Report, known: readonly string[]): string {
  const rows = under.map(({ column, keyId, values, goneWithin }) => [
    column,
    keyId,
    values,
    goneWithin === undefined || keyId === known[0] ? '' : `gone within ${goneWithin}`,
  ]);
  const done = `${renewed} values sealed anew, ${unreadable} could not be opened\n`;
  const verdicts = known.slice(1).map((id) => {
    const left = under.filter(({ keyId }) => keyId === id).reduce((sum, { values }) => sum + values, 0);
    return left === 0 ? `key ${id}: seals nothing any more\n` : `key ${id}: still seals ${left} values\n`;
  });
  return `${rows.length === 0 ? '' : table(['column', 'key', 'values', ''], rows)}${done}${verdicts.join('')}`;
}
