/** One environment variable: how it is read, what it defaults to, how it is explained. */
export interface Setting<T> {
  readonly kind: SettingKind;
  readonly description: string;
  /** What a reader of an error or of the documentation is told to write, e.g. `a whole number from 1 to 65535`. */
  readonly expected: string;
  readonly unit?: string;
  readonly secret: boolean;
  readonly optional: boolean;
  readonly defaultValue: T | undefined;
  /** Throws `NotAccepted` where the text is not a value of this setting. */
  parse(text: string): T;
  /** The value as one would write it in the environment. */
  format(value: unknown): string;
}
export type SettingKind = 'string' | 'integer' | 'number' | 'boolean' | 'enum' | 'url' | 'list' | 'secret' | 'duration';

/** Why a text was refused, when there is more to say than what is expected. */
export class NotAccepted extends Error {}

export type SettingsDefinition = Readonly<Record<string, Setting<unknown>>>;
/** The settings object of a definition: keys are the variable names. */
export type SettingsOf<D extends SettingsDefinition> = {
  readonly [K in keyof D]: D[K] extends Setting<infer T> ? T : never;
};

/** Keeps the literal shape, so that groups can be spread: `defineSettings({ ...platformSettings, PORT: … })`. */
export const defineSettings = <const D extends SettingsDefinition>(definition: D): D => definition;

interface Common<T> {
  description: string;
  /** Required where there is neither a default nor `optional`. */
  default?: T;
  optional?: boolean;
  unit?: string;
}
type Given<T, O> = O extends { optional: true } ? T | undefined : T;

interface TextOptions extends Common<string> {
  minLength?: number;
  maxLength?: number;
  pattern?: RegExp;
  /** The pattern in words. */
  expected?: string;
}
interface NumberOptions extends Common<number> {
  min?: number;
  max?: number;
}
interface UrlOptions extends Common<string> {
  /** Allowed schemes without the colon; http and https unless told. */
  schemes?: readonly string[];
  /** A password in it is expected, so the value is never shown. */
  secret?: boolean;
}
interface ListOptions extends Common<readonly string[]> {
  /** Only these items. */
  of?: readonly string[];
  /** Each item matches. */
  pattern?: RegExp;
  expected?: string;
  maxItems?: number;
}
interface ParsedOptions<T> extends Common<T> {
  expected: string;
  parse(text: string): T;
  format(value: T): string;
  secret?: boolean;
}

function make<T, O extends Common<T>>(
  kind: SettingKind,
  options: O,
  expected: string,
  parse: (text: string) => T,
  { secret = false, format = showPlain }: { secret?: boolean; format?: (value: unknown) => string } = {},
): Setting<Given<T, O>> {
  const setting: Setting<T> = {
    kind,
    description: options.description,
    expected,
    unit: options.unit,
    secret,
    optional: options.optional ?? false,
    defaultValue: options.default,
    parse,
    format,
  };
  // `optional` widens the value by undefined; the reader gives undefined only where `optional` is true.
  return setting;
}

const showPlain = (value: unknown): string => (Array.isArray(value) ? value.join(',') : String(value));

const range = (min: number | undefined, max: number | undefined): string => {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return `, at least ${min}`;
  return max === undefined ? '' : `, at most ${max}`;
};

function parseText(text: string, { minLength = 0, maxLength = 4096, pattern }: TextOptions): string {
  if (text.length < minLength) throw new NotAccepted(`it has ${text.length} characters`);
  if (text.length > maxLength) throw new NotAccepted(`it has ${text.length} characters`);
  if (pattern !== undefined && !pattern.test(text)) throw new NotAccepted();
  return text;
}

function textExpected(what: string, options: TextOptions): string {
  if (options.expected !== undefined) return options.expected;
  const { minLength, maxLength } = options;
  const length =
    minLength === undefined && maxLength === undefined ? '' : ` of${range(minLength, maxLength)} characters`;
  return `${what}${length.replace('of,', 'of')}${options.pattern ? ` that matches ${options.pattern.source}` : ''}`;
}

function parseNumber(text: string, options: NumberOptions, whole: boolean): number {
  if (!(whole ? /^[+-]?\d+$/ : /^[+-]?(\d+\.?\d*|\.\d+)$/).test(text)) throw new NotAccepted();
  const value = Number(text);
  if (whole && !Number.isSafeInteger(value)) throw new NotAccepted('it is too large');
  if (options.min !== undefined && value < options.min) throw new NotAccepted('it is too small');
  if (options.max !== undefined && value > options.max) throw new NotAccepted('it is too large');
  return value;
}

const TRUE = new Set(['true', '1', 'yes', 'on']);
const FALSE = new Set(['false', '0', 'no', 'off']);

function parseBoolean(text: string): boolean {
  const word = text.toLowerCase();
  if (TRUE.has(word)) return true;
  if (FALSE.has(word)) return false;
  throw new NotAccepted();
}

function parseUrl(text: string, schemes: readonly string[]): string {
  if (!URL.canParse(text)) throw new NotAccepted('it is not a URL');
  const scheme = new URL(text).protocol.slice(0, -1);
  if (!schemes.includes(scheme)) throw new NotAccepted(`its scheme is ${scheme}`);
  return text;
}

function parseList(text: string, options: ListOptions): readonly string[] {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  const max = options.maxItems ?? 1000;
  if (items.length > max) throw new NotAccepted(`it has ${items.length} items`);
  for (const item of items) {
    if (options.of !== undefined && !options.of.includes(item)) throw new NotAccepted(`"${item}" is not one of them`);
    if (options.pattern !== undefined && !options.pattern.test(item)) throw new NotAccepted(`"${item}" does not fit`);
  }
  return items;
}

const MILLISECONDS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

function parseDuration(text: string, options: NumberOptions): number {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(text);
  const factor = MILLISECONDS[match?.[2] ?? ''];
  if (match === null || factor === undefined) throw new NotAccepted('it has no unit');
  const value = Math.round(Number(match[1]) * factor);
  if (options.min !== undefined && value < options.min) throw new NotAccepted('it is too short');
  if (options.max !== undefined && value > options.max) throw new NotAccepted('it is too long');
  return value;
}

/** How a variable is declared. Required unless it has a default or is `optional: true`. */
export const setting = {
  string: <const O extends TextOptions>(options: O): Setting<Given<string, O>> =>
    make<string, O>('string', options, textExpected('a text', options), (text) => parseText(text, options)),

  /** Never shown, never logged; at least one character. */
  secret: <const O extends TextOptions>(options: O): Setting<Given<string, O>> =>
    make<string, O>(
      'secret',
      options,
      textExpected('a secret', options),
      (text) => parseText(text, { minLength: 1, ...options }),
      { secret: true },
    ),

  integer: <const O extends NumberOptions>(options: O): Setting<Given<number, O>> =>
    make<number, O>('integer', options, `a whole number${range(options.min, options.max)}`, (text) =>
      parseNumber(text, options, true),
    ),

  number: <const O extends NumberOptions>(options: O): Setting<Given<number, O>> =>
    make<number, O>('number', options, `a number${range(options.min, options.max)}`, (text) =>
      parseNumber(text, options, false),
    ),

  boolean: <const O extends Common<boolean>>(options: O): Setting<Given<boolean, O>> =>
    make<boolean, O>('boolean', options, 'true or false', parseBoolean),

  enum: <const V extends readonly string[], const O extends Common<V[number]>>(
    values: V,
    options: O,
  ): Setting<Given<V[number], O>> =>
    make<V[number], O>('enum', options, `one of ${values.join(', ')}`, (text) => {
      const found = values.find((value) => value === text);
      if (found === undefined) throw new NotAccepted();
      return found;
    }),

  url: <const O extends UrlOptions>(options: O): Setting<Given<string, O>> => {
    const schemes = options.schemes ?? ['http', 'https'];
    return make<string, O>(
      'url',
      options,
      `a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
      (text) => parseUrl(text, schemes),
      { secret: options.secret ?? false },
    );
  },

  /** Comma-separated. */
  list: <const O extends ListOptions>(options: O): Setting<Given<readonly string[], O>> => {
    const words = options.of ? `, each one of ${options.of.join(', ')}` : '';
    return make<readonly string[], O>('list', options, options.expected ?? `a comma-separated list${words}`, (text) =>
      parseList(text, options),
    );
  },

  /** Milliseconds in code; `500ms`, `30s`, `5m`, `2h` or `7d` in the environment. */
  duration: <const O extends NumberOptions>(options: O): Setting<Given<number, O>> =>
    make<number, O>(
      'duration',
      options,
      `a duration such as 500ms, 30s, 5m, 2h or 7d${durationRange(options)}`,
      (text) => parseDuration(text, options),
      { format: (value) => formatDuration(Number(value)) },
    ),

  /** A text with a grammar of its own. `parse` throws `NotAccepted`. */
  parsed: <T, const O extends ParsedOptions<T>>(options: O & ParsedOptions<T>): Setting<Given<T, O>> =>
    make<T, O>('string', options, options.expected, (text) => options.parse(text), {
      // Only values this setting parsed (or its default) come back here.
      format: (value) => options.format(value as T),
      secret: options.secret,
    }),
};

function durationRange({ min, max }: NumberOptions): string {
  return range(min, max).replaceAll(/\d+/g, (ms) => formatDuration(Number(ms)));
}

/** `90000` → `90s`: the largest unit that divides it. */
export function formatDuration(ms: number): string {
  const units = Object.entries(MILLISECONDS).reverse();
  const [unit, factor] = units.find(([, size]) => ms >= size && ms % size === 0) ?? ['ms', 1];
  return `${ms / factor}${unit}`;
}
