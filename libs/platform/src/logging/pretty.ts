import type { DestinationStream } from 'pino';

const FIXED = new Set(['time', 'level', 'service', 'scope', 'message', 'error', 'request_id', 'user_id', 'trace_id']);

/** One readable line per entry, for terminals. Colour only where the terminal takes it. */
export function prettyDestination(
  write: (text: string) => void = (text) => void process.stdout.write(text),
  colour = process.stdout.isTTY && process.stdout.hasColors(),
): DestinationStream {
  return { write: (line) => write(prettyLine(line, colour)) };
}

export function prettyLine(line: string, colour: boolean): string {
  const entry: unknown = JSON.parse(line);
  if (typeof entry !== 'object' || entry === null) return line;
  const text = (key: string): string => {
    const value: unknown = Reflect.get(entry, key);
    return typeof value === 'string' ? value : '';
  };
  const level = text('level');
  const where = [text('service'), text('scope')].filter((part) => part !== '').join('/');
  const rest = Object.entries(entry)
    .filter(([key]) => !FIXED.has(key))
    .map(([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('');
  const head = `${text('time').slice(11, 23)} ${paint(level.toUpperCase().padEnd(5), level, colour)} ${where}: ${text('message')}`;
  return `${head}${rest}${prettyError(Reflect.get(entry, 'error'))}\n`;
}

function prettyError(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { code, message, stack, cause } = error as Record<string, unknown>;
  const first = typeof stack === 'string' ? stack : `${typeof code === 'string' ? `${code}: ` : ''}${String(message)}`;
  return `\n    ${first.replaceAll('\n', '\n    ')}${cause === undefined ? '' : `\n  caused by${prettyError(cause)}`}`;
}

const COLOURS: Readonly<Record<string, number>> = { debug: 90, info: 32, warn: 33, error: 31, fatal: 35 };

const paint = (text: string, level: string, colour: boolean): string =>
  colour ? `\u001b[${COLOURS[level] ?? 37}m${text}\u001b[0m` : text;
