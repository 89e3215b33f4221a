import {
  allSettingsWarnings,
  type Environment,
  readAllSettings,
  type SettingsCheck,
  SettingsError,
  type SettingsPart,
} from './read-settings.js';
import type { SettingsDefinition, SettingsOf } from './setting.js';

/** EX_CONFIG of sysexits.h: the service manager need not try again before a human changed something. */
export const EXIT_BAD_CONFIGURATION = 78;

/** Settings of the process, or the list of everything that is wrong on stderr and exit code 78. */
export function loadSettings<D extends SettingsDefinition>(
  definition: D,
  env: Environment = process.env,
  checks: readonly SettingsCheck[] = [],
): SettingsOf<D> {
  return loadAllSettings({ one: { definition, env, checks } }).one;
}

/** The same for several apps in one process: one list for all of them. */
export function loadAllSettings<P extends Record<string, SettingsDefinition>>(parts: {
  [K in keyof P]: SettingsPart<P[K]>;
}): { [K in keyof P]: SettingsOf<P[K]> } {
  try {
    const settings = readAllSettings(parts);
    const warnings = allSettingsWarnings(Object.values(parts));
    if (warnings.length > 0) process.stderr.write(`${warnings.map((line) => `warning: ${line}`).join('\n')}\n`);
    return settings;
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(formatSettingsError(error));
    process.exit(EXIT_BAD_CONFIGURATION);
  }
}

/** The text a person sees when the start fails. */
export function formatSettingsError(error: SettingsError): string {
  const count = error.problems.length;
  const lines = [`Cannot start: ${count} setting${count === 1 ? '' : 's'} cannot be used.`, ''];
  error.problems.forEach((problem, index) => {
    lines.push(
      `${index + 1}. ${problem.variable}`,
      `     got       ${problem.got ?? 'nothing'}`,
      `     expected  ${problem.expected}`,
      `     fix       ${problem.fix}`,
      `     more      docs/errors.md#${problem.code.toLowerCase()}`,
      '',
    );
  });
  for (const warning of error.warnings) lines.push(`warning: ${warning}`);
  return `${lines.join('\n').trimEnd()}\n`;
}
