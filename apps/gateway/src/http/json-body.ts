import { isUtf8 } from 'node:buffer';
import { AppError, invalid } from '#kernel';

export const MAX_DEPTH = 20;
export const MAX_ARRAY = 1000;

const malformed = (message: string): AppError =>
  new AppError({ code: 'MALFORMED_REQUEST', kind: 'malformed', message });

/**
 * Reads a JSON body strictly: UTF-8 without a byte order mark, no member twice in one object (two readers would pick
 * different ones), bounded depth and list length, and no text PostgreSQL cannot store.
 */
export function parseJsonBody(bytes: Buffer): unknown {
  if (bytes.length >= 2 && isByteOrderMark(bytes))
    throw malformed('The body starts with a byte order mark; send plain UTF-8.');
  if (!isUtf8(bytes)) throw malformed('The body is not valid UTF-8.');
  const text = bytes.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw malformed(`The body is not valid JSON${positionIn(error)}.`);
  }
  if (typeof value === 'object' && value !== null) {
    checkBounds(value, 1, '');
    const repeated = repeatedMember(text);
    if (repeated !== undefined) throw malformed(`The member "${repeated}" appears twice in one object.`);
  } else {
    checkBounds(value, 0, '');
  }
  return value;
}

const isByteOrderMark = (bytes: Buffer): boolean =>
  (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) ||
  (bytes[0] === 0xfe && bytes[1] === 0xff) ||
  (bytes[0] === 0xff && bytes[1] === 0xfe);

function positionIn(error: unknown): string {
  const at = error instanceof Error ? /at position (\d+)/.exec(error.message)?.[1] : undefined;
  return at === undefined ? '' : ` (problem at character ${at})`;
}

function checkBounds(value: unknown, depth: number, path: string): void {
  if (typeof value === 'string') {
    if (!isStorable(value)) {
      throw invalid([{ field: path, message: 'must not contain NUL or half of a surrogate pair' }]);
    }
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (depth > MAX_DEPTH) throw invalid([{ field: path, message: `is nested more than ${MAX_DEPTH} levels deep` }]);
  const prefix = path === '' ? '' : `${path}.`;
  if (Array.isArray(value)) {
    if (value.length > MAX_ARRAY) throw invalid([{ field: path, message: `must have at most ${MAX_ARRAY} entries` }]);
    for (let index = 0; index < value.length; index++) checkBounds(value[index], depth + 1, `${prefix}${index}`);
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    if (!isStorable(name))
      throw invalid([{ field: path, message: 'has a member name with NUL or half a surrogate pair' }]);
    checkBounds(member, depth + 1, prefix + name);
  }
}

/** Half a surrogate pair (`"\ud800"`) and NUL are JSON, but no text column takes them. */
const isStorable = (text: string): boolean => !text.includes('\u0000') && !/\p{Surrogate}/u.test(text);

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/** Scans JSON known to be well-formed. A string is a member name exactly when a colon follows it. */
export function repeatedMember(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === OPEN_OBJECT) open.push(new Set());
    else if (code === OPEN_ARRAY) open.push(undefined);
    else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) open.pop();
    else if (code === QUOTE) {
      const start = at;
      let escaped = false;
      for (at++; text.charCodeAt(at) !== QUOTE; at++) {
        if (text.charCodeAt(at) === BACKSLASH) {
          escaped = true;
          at++;
        }
      }
      const members = open[open.length - 1];
      if (members === undefined || !isFollowedByColon(text, at + 1)) continue;
      const name = escaped ? String(JSON.parse(text.slice(start, at + 1))) : text.slice(start + 1, at);
      if (members.has(name)) return name;
      members.add(name);
    }
  }
  return undefined;
}

function isFollowedByColon(text: string, from: number): boolean {
  let at = from;
  while (text.charCodeAt(at) <= 0x20) at++;
  return text.charCodeAt(at) === COLON;
}
