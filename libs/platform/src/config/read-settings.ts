import { readFileSync } from 'node:fs';
import { errorCode } from '../errors/error-facts.js';
import { nearestName } from './near-miss.js';
import { NotAccepted, type Setting, type SettingsDefinition, type SettingsOf } from './setting.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export const SETTING_PROBLEMS = {
  SETTING_MISSING: 'A required variable is not set.',
  SETTING_INVALID: 'A variable has a value that cannot be used.',
  SETTING_FILE_UNREADABLE: 'A variable NAME_FILE names a file that cannot be read or is empty.',
  SETTING_GIVEN_TWICE: 'Both NAME and NAME_FILE are set.',
  SETTING_IS_A_SAMPLE: 'A secret is a well-known sample value, which is refused in production.',
  SETTINGS_CONTRADICT: 'Two variables that are right alone do not go together.',
} as const;
export type SettingProblemCode = keyof typeof SETTING_PROBLEMS;

export interface SettingProblem {
  code: SettingProblemCode;
  variable: string;
  /** What was there, masked where it could be a secret; undefined where nothing was. */
  got?: string;
  expected: string;
  fix: string;
}

export class SettingsError extends Error {
  constructor(
    readonly problems: readonly SettingProblem[],
    readonly warnings: readonly string[],
  ) {
    super(`${problems.length} setting${problems.length === 1 ? '' : 's'} cannot be used: ${names(problems)}`);
    this.name = 'SettingsError';
  }
}

const names = (problems: readonly SettingProblem[]): string => problems.map((problem) => problem.variable).join(', ');

/** Secrets out of tutorials and examples. */
const SAMPLES =
  /^(change[-_ ]?me|changeit|secret|password|passw0rd|postgres|admin|default|example|test|your[-_ ].*|<.*>|x{3,}|1234.*)$/i;

/** What is wrong with settings that are right one by one. */
export interface SettingsCheck {
  readonly looksAt: readonly string[];
  problemsOf(values: Readonly<Record<string, unknown>>): readonly SettingProblem[];
}

export const settingsCheck = <D extends SettingsDefinition>(
  looksAt: D,
  problemsOf: (settings: SettingsOf<D>) => readonly SettingProblem[],
): SettingsCheck => ({
  looksAt: Object.keys(looksAt),
  // It is asked only when every one of them was read by its own parser.
  problemsOf: (values) => problemsOf(values as SettingsOf<D>),
});

/** The settings of one app, and what they are read from. */
export interface SettingsPart<D extends SettingsDefinition> {
  definition: D;
  env: Environment;
  checks?: readonly SettingsCheck[];
}

/** Reads every setting of the definition, or throws `SettingsError` with all that is wrong at once. */
export function readSettings<D extends SettingsDefinition>(
  definition: D,
  env: Environment,
  checks: readonly SettingsCheck[] = [],
): SettingsOf<D> {
  return readAllSettings({ one: { definition, env, checks } }).one;
}

/** The same for several apps in one process; what is wrong with a setting that many of them have is told once. */
export function readAllSettings<P extends Record<string, SettingsDefinition>>(parts: {
  [K in keyof P]: SettingsPart<P[K]>;
}): { [K in keyof P]: SettingsOf<P[K]> } {
  const list: Readonly<Record<string, SettingsPart<SettingsDefinition>>> = parts;
  const problems = new Map<string, SettingProblem>();
  const values = Object.entries(list).map(([name, part]) => {
    const read = readPart(part);
    for (const problem of read.problems) {
      if (!problems.has(problem.variable)) problems.set(problem.variable, problem);
    }
    return [name, Object.freeze(read.values)];
  });
  // Every key of every definition was read by its own parser.
  if (problems.size === 0) return Object.fromEntries(values) as { [K in keyof P]: SettingsOf<P[K]> };
  throw new SettingsError([...problems.values()], allSettingsWarnings(Object.values(list)));
}

function readPart({ definition, env, checks = [] }: SettingsPart<SettingsDefinition>): {
  values: Record<string, unknown>;
  problems: SettingProblem[];
} {
  const problems: SettingProblem[] = [];
  const values: Record<string, unknown> = {};
  for (const [variable, spec] of Object.entries(definition)) {
    const outcome = readOne(variable, spec, env);
    if (outcome.problem !== undefined) problems.push(outcome.problem);
    else values[variable] = outcome.value;
  }
  for (const check of checks) {
    const unknown = check.looksAt.find((name) => !(name in definition));
    if (unknown !== undefined) throw new Error(`a check looks at ${unknown}, which this app does not have`);
    // Settings that could not be read contradict nothing yet.
    if (check.looksAt.every((name) => name in values)) problems.push(...check.problemsOf(values));
  }
  return { values, problems };
}

/** Variables that are probably misspelt names of known ones. Never a reason not to start. */
export function settingsWarnings(definition: SettingsDefinition, env: Environment): string[] {
  const known = new Set(Object.keys(definition).flatMap((name) => [name, `${name}_FILE`]));
  const unset = [...known].filter((name) => env[name] === undefined);
  return Object.keys(env)
    .filter((name) => !known.has(name))
    .flatMap((name) => {
      const meant = nearestName(name, unset);
      return meant === undefined ? [] : [`${name} is not a setting and is ignored. Did you mean ${meant}?`];
    });
}

/** The same for several apps in one process: the name of a setting of one is no misspelt one of another. */
export function allSettingsWarnings(parts: readonly SettingsPart<SettingsDefinition>[]): string[] {
  return settingsWarnings(
    Object.fromEntries(parts.flatMap(({ definition }) => Object.entries(definition))),
    Object.fromEntries(parts.flatMap(({ env }) => Object.entries(env))),
  );
}

type Outcome = { value: unknown; problem?: undefined } | { value?: undefined; problem: SettingProblem };

function readOne(variable: string, spec: Setting<unknown>, env: Environment): Outcome {
  const source = findText(variable, spec, env);
  if (source.problem !== undefined) return { problem: source.problem };
  const { text, from } = source;
  if (text === undefined) {
    if (spec.defaultValue !== undefined || spec.optional) return { value: spec.defaultValue };
    return {
      problem: {
        code: 'SETTING_MISSING',
        variable,
        expected: spec.expected,
        fix: `Set ${variable} (${spec.description}).`,
      },
    };
  }
  if (spec.secret && env.NODE_ENV === 'production' && SAMPLES.test(text)) {
    return {
      problem: {
        code: 'SETTING_IS_A_SAMPLE',
        variable: from,
        got: mask(text, spec),
        expected: 'a value that nobody else uses',
        fix: `Make a new one, for example with: openssl rand -base64 32`,
      },
    };
  }
  try {
    return { value: spec.parse(text) };
  } catch (error) {
    if (!(error instanceof NotAccepted)) throw error;
    const why = error.message === '' ? '' : ` (${error.message})`;
    const or = spec.optional || spec.defaultValue !== undefined ? `, or remove it: ${fallback(spec)}` : '';
    return {
      problem: {
        code: 'SETTING_INVALID',
        variable: from,
        got: mask(text, spec) + why,
        expected: spec.expected,
        fix: `Write ${spec.expected}${or}.`,
      },
    };
  }
}

const fallback = (spec: Setting<unknown>): string =>
  spec.defaultValue === undefined ? 'it is optional' : `the default is ${showValue(spec.defaultValue, spec)}`;

type Source =
  | { text: string | undefined; from: string; problem?: undefined }
  | { text?: undefined; from?: undefined; problem: SettingProblem };

/** The text of NAME or of the file NAME_FILE names. An empty variable counts as not set, as compose files write it. */
function findText(variable: string, spec: Setting<unknown>, env: Environment): Source {
  const direct = env[variable]?.trim() === '' ? undefined : env[variable]?.trim();
  const fileVariable = `${variable}_FILE`;
  const path = env[fileVariable]?.trim();
  if (path === undefined || path === '') return { text: direct, from: variable };
  const problem = (code: SettingProblemCode, expected: string, fix: string): Source => ({
    problem: { code, variable: fileVariable, got: JSON.stringify(path), expected, fix },
  });
  if (direct !== undefined) {
    return problem('SETTING_GIVEN_TWICE', `only one of ${variable} and ${fileVariable}`, `Remove one of the two.`);
  }
  try {
    const text = readFileSync(path, 'utf8').trim();
    if (text !== '') return { text, from: fileVariable };
    return problem('SETTING_FILE_UNREADABLE', `a file that holds ${spec.expected}`, 'The file is empty: write it.');
  } catch (error) {
    return problem(
      'SETTING_FILE_UNREADABLE',
      `a readable file that holds ${spec.expected}`,
      `Check the path and its permissions (${errorCode(error) ?? 'unknown reason'}).`,
    );
  }
}

/** What may be shown of a value that was refused. */
function mask(text: string, spec: Setting<unknown>): string {
  if (spec.secret) return `(hidden, ${text.length} characters)`;
  const shown = text.length > 80 ? `${text.slice(0, 77)}…` : text;
  return JSON.stringify(hideCredentials(shown));
}

/** A value for human eyes. */
export function showValue(value: unknown, spec: Setting<unknown>): string {
  if (value === undefined) return '(not set)';
  if (spec.secret) return '(hidden)';
  return hideCredentials(spec.format(value));
}

/** `postgres://user:password@host` → `postgres://***@host`. */
const hideCredentials = (text: string): string => text.replace(/\/\/[^@/\s]*@/g, '//***@');
