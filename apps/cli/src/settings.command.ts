import { Argument, Command, Option } from 'commander';
import { APPS, type AppName } from '#contracts';
import { describeSettings, type SettingDescription } from '#platform';
import { SETTINGS_OF } from './apps.js';
import { EXIT_CODES_HELP } from './exit-codes.js';
import type { Terminal } from './terminal.js';

/** A setting and who reads it. */
export interface ListedSetting extends SettingDescription {
  apps: AppName[];
}

export function settingsCommand(terminal: Terminal): Command {
  return new Command('settings')
    .description('list every setting: name, default, what it does')
    .addArgument(new Argument('[app]', 'only what this process reads').choices([...APPS]))
    .addOption(new Option('--format <format>', 'how to print').choices(['markdown', 'json']).default('markdown'))
    .addHelpText(
      'after',
      `
Every NAME can be given as NAME_FILE, the path of a file that holds the value.

Examples:
  careercopilot settings identity
  careercopilot settings --format json | jq '.[] | select(.required)'
${EXIT_CODES_HELP}`,
    )
    .action((app: AppName | undefined, options: { format: 'markdown' | 'json' }) => {
      const listed = listSettings(app === undefined ? APPS : [app]);
      terminal.out(options.format === 'json' ? `${JSON.stringify(listed, null, 2)}\n` : settingsTable(listed));
    });
}

/** Settings of these apps, each once, in the order the apps define them. */
export function listSettings(apps: readonly AppName[]): ListedSetting[] {
  const listed = new Map<string, ListedSetting>();
  for (const app of apps) {
    for (const described of describeSettings(SETTINGS_OF[app])) {
      const known = listed.get(described.name);
      if (known === undefined) listed.set(described.name, { ...described, apps: [app] });
      else known.apps.push(app);
    }
  }
  return [...listed.values()];
}

export function settingsTable(listed: readonly ListedSetting[]): string {
  const rows = listed.map(
    (one) => `| \`${one.name}\` | ${standard(one)} | ${readers(one.apps)} | ${cell(`${one.description}`)} |`,
  );
  return `${['| setting | default | read by | what it does |', '|---|---|---|---|', ...rows].join('\n')}\n`;
}

function standard(one: ListedSetting): string {
  if (one.required) return '**required**';
  if (one.default === undefined || one.default === '') return '';
  return `\`${cell(one.default)}\`${one.unit === undefined ? '' : ` ${one.unit}`}`;
}

function readers(apps: readonly AppName[]): string {
  if (apps.length === APPS.length) return 'all';
  return apps.length === APPS.length - 1 && !apps.includes('gateway') ? 'services' : apps.join(', ');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
