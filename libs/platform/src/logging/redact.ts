import { isError } from '../errors/error-facts.js';

const HIDDEN = '[hidden]';
/** Deeper members are dropped: a log line is not a dump. */
const MAX_DEPTH = 5;
const MAX_ITEMS = 50;
const MAX_TEXT = 8192;

/** Keys whose values never reach a log, compared without case, dashes and underscores. */
const SECRET_KEY =
  /password|passwd|passphrase|secret|token|authorization|cookie|credential|apikey|privatekey|sessionkey|signature|otp$|^pin$|^code_?verifier|^dsn$/;
/** Personal data. */
const PERSONAL_KEY =
  /email|^mail$|phone|mobile|^(first|last|full|display|user)name$|^address$|street|birth|^ip$|clientaddress|useragent|resume|coverletter/;

/** Keys are mostly names in our code, the same on every line; bounded, because maps bring their own. */
const judged = new Map<string, boolean>();
const MOST_JUDGED = 1_000;

function isHiddenKey(key: string): boolean {
  const known = judged.get(key);
  if (known !== undefined) return known;
  const plain = key.toLowerCase().replaceAll(/[-_\s.]/g, '');
  const isHidden = SECRET_KEY.test(plain) || PERSONAL_KEY.test(plain);
  if (judged.size < MOST_JUDGED) judged.set(key, isHidden);
  return isHidden;
}

/**
 * Takes out of free text what looks like a secret or an address: tokens, credentials and queries in URLs (they carry
 * keys), mail addresses. A net under the rule that log messages are fixed texts.
 */
export function scrubText(text: string): string {
  let scrubbed = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}… (${text.length} characters)` : text;
  if (scrubbed.includes('://')) {
    scrubbed = scrubbed
      .replaceAll(/\/\/[^@/\s"'?#]*@/g, '//***@')
      .replaceAll(/(:\/\/[^\s"'?#]+)\?[^\s"'<>)]*/g, '$1?…');
  }
  if (scrubbed.includes('eyJ')) scrubbed = scrubbed.replaceAll(/eyJ[\w-]{5,}(\.[\w-]*)*/g, HIDDEN);
  if (/bearer|basic/i.test(scrubbed))
    scrubbed = scrubbed.replaceAll(/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${HIDDEN}`);
  if (scrubbed.includes('@')) {
    scrubbed = scrubbed.replaceAll(/[^\s@"'<>(),;:=/]{1,64}@[^\s@"'<>(),;:=/]+\.[^\s@"'<>(),;:=/]+/g, HIDDEN);
  }
  return scrubbed;
}

/** A copy that may be logged: hidden keys masked, texts scrubbed, size and depth bounded, cycles cut. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return scrubText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (ArrayBuffer.isView(value)) return `(${value.byteLength} bytes)`;
  if (isError(value)) return { name: value.name, message: scrubText(value.message) };
  if (depth >= MAX_DEPTH) return '(deeper)';
  if (Array.isArray(value)) {
    const shown = value.slice(0, MAX_ITEMS).map((item) => redact(item, depth + 1));
    return value.length > MAX_ITEMS ? [...shown, `(${value.length - MAX_ITEMS} more)`] : shown;
  }
  const entries = value instanceof Map ? [...value.entries()] : Object.entries(value);
  return Object.fromEntries(
    entries
      .slice(0, MAX_ITEMS)
      .map(([key, member]) => [String(key), isHiddenKey(String(key)) ? maskMember(member) : redact(member, depth + 1)]),
  );
}

/** Whether something was there is useful; what it was is not ours to log. */
const maskMember = (member: unknown): unknown =>
  member === undefined || member === null || typeof member === 'boolean' || typeof member === 'number'
    ? member
    : HIDDEN;
