import fc from 'fast-check';
import { isSchema } from './arbitrary.js';

/** How a request is spoiled, and what that must lead to. */
export const BODY_SPOILS = [
  'wrong type',
  'missing member',
  'beyond a bound',
  'extra member',
  'not an object',
  'hostile text',
  'nested',
  'huge',
  'duplicate key',
  'truncated',
  'wrong media type',
] as const;
export type BodySpoil = (typeof BODY_SPOILS)[number];

export interface SpoiledBody {
  /** As it goes over the wire. */
  text: string;
  contentType: string | undefined;
  /** The parsed value where the spoiling left JSON; tells whether the schema still accepts it. */
  value?: unknown;
}

const JSON_TYPE = 'application/json';
/** Nobody may set these on himself, whatever the route. */
const STOLEN = ['role', 'roles', 'id', 'user_id', 'created_at', 'is_owner', 'is_verified', '__proto__', 'constructor'];
export const HOSTILE_TEXTS = [
  "'; DROP TABLE account; --",
  '\u0000',
  '\ud800',
  'a\u202Egnp.exe',
  '🏳️‍🌈'.repeat(20),
  'ﷺ'.repeat(30),
  '%00%ff',
  '<script>alert(1)</script>',
  '${jndi:ldap://x}',
  '../../etc/passwd',
  '\r\nX-Injected: 1',
  'İıſK',
];
const WRONG_TYPES = [null, true, 0, -1, 1e308, 'x', [], {}, [[]], [null], { a: 1 }, ['x', 1]];
const MEDIA_TYPES = [
  'text/plain',
  'application/xml',
  'multipart/form-data; boundary=x',
  'application/x-www-form-urlencoded',
  'application/json; charset=utf-16',
  'application/jsonp',
  '',
  undefined,
];
const DEPTH = 5_000;
const HUGE = 1_100_000;

/** `valid` spoiled in one way; `at` decides where. */
export function spoil(kind: BodySpoil, valid: unknown, at: number): SpoiledBody {
  const members = isSchema(valid) ? Object.entries(valid) : [];
  const [name, value] = members[at % Math.max(1, members.length)] ?? ['x', undefined];
  const withMember = (changed: unknown): SpoiledBody => json({ ...Object.fromEntries(members), [name]: changed });
  switch (kind) {
    case 'wrong type':
      return withMember(WRONG_TYPES[at % WRONG_TYPES.length]);
    case 'missing member':
      return json(Object.fromEntries(members.filter(([other]) => other !== name)));
    case 'beyond a bound':
      return withMember(beyond(value, at));
    case 'extra member':
      // As text: in an object literal `__proto__` would set the prototype instead.
      return text(insert(JSON.stringify(valid ?? {}), `${JSON.stringify(stolen(members, at))}:"admin"`));
    case 'not an object':
      return json([[], null, 'text', 7, true, [{}]][at % 6]);
    case 'hostile text':
      return withMember(HOSTILE_TEXTS[at % HOSTILE_TEXTS.length]);
    case 'nested':
      return text(insert(JSON.stringify(valid ?? {}), `"deep":${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`));
    case 'huge':
      return json({ ...Object.fromEntries(members), [name]: 'x'.repeat(at % 2 === 0 ? HUGE : 300_000) });
    case 'duplicate key':
      return text(insert(insert(JSON.stringify(valid ?? {}), '"twice":1'), '"twice":2'));
    case 'truncated':
      return text(JSON.stringify(valid ?? {}).slice(0, -1 - (at % 3)) || '{');
    case 'wrong media type':
      return { text: JSON.stringify(valid ?? {}), contentType: MEDIA_TYPES[at % MEDIA_TYPES.length] };
  }
}

/** What a spoiled body must at least be refused with; undefined where the schema decides. */
export function mustBe(kind: BodySpoil): readonly number[] | undefined {
  switch (kind) {
    case 'extra member':
      return [422];
    case 'duplicate key':
    case 'truncated':
      return [400];
    case 'nested':
      return [400, 422];
    case 'wrong media type':
      return [415, 400];
    case 'wrong type':
    case 'missing member':
    case 'beyond a bound':
    case 'not an object':
    case 'hostile text':
    case 'huge':
      return undefined;
  }
}

const stolen = (members: readonly [string, unknown][], at: number): string => {
  const free = STOLEN.filter((name) => !members.some(([own]) => own === name));
  return free[at % free.length] ?? 'role';
};

export const positions = fc.nat({ max: 10_000 });

function beyond(value: unknown, at: number): unknown {
  if (typeof value === 'number') return at % 2 === 0 ? -1 - value : value + 1e15;
  if (typeof value === 'string') return at % 2 === 0 ? '' : 'x'.repeat(30_000);
  if (Array.isArray(value)) return Array.from({ length: 1_001 }, () => 'x');
  return 'x'.repeat(30_000);
}

const json = (value: unknown): SpoiledBody => ({ text: JSON.stringify(value) ?? '', contentType: JSON_TYPE, value });
const text = (raw: string): SpoiledBody => ({ text: raw, contentType: JSON_TYPE });

/** Puts a member into the text of an object. */
const insert = (object: string, member: string): string =>
  object === '{}' || !object.startsWith('{') ? `{${member}}` : `${object.slice(0, -1)},${member}}`;
