import { ACCESS_TOKEN_ALGORITHMS, ACCESS_TOKEN_TYPE } from '#contracts';
import { repeatedMember } from '../http/json-body.js';

/** What is read of a token before its signature is checked. */
export interface TokenHeader {
  kid: string;
  alg: string;
}

/** Ours have about 500 characters; nobody needs 4 kB of claims. */
const MAX_TOKEN_LENGTH = 4096;
const PARTS = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/;
const KEY_ID = /^[\w-]{1,64}$/;
/** Headers that would let a token choose its own key, or change how it is read. */
const FORBIDDEN = ['jku', 'jwk', 'x5u', 'x5c', 'x5t', 'x5t#S256', 'crit', 'b64', 'zip', 'enc'];

/** Undefined for anything that is not in the form of an access token of ours (RFC 8725): cheap, before any crypto. */
export function readTokenHeader(token: string): TokenHeader | undefined {
  if (token.length > MAX_TOKEN_LENGTH) return undefined;
  const [, head, claims] = PARTS.exec(token) ?? [];
  if (head === undefined || claims === undefined) return undefined;
  const header = decodeObject(head);
  if (header === undefined || decodeObject(claims) === undefined) return undefined;
  const kid: unknown = Reflect.get(header, 'kid');
  const alg: unknown = Reflect.get(header, 'alg');
  const typ: unknown = Reflect.get(header, 'typ');
  if (typeof kid !== 'string' || !KEY_ID.test(kid)) return undefined;
  if (typ !== ACCESS_TOKEN_TYPE) return undefined;
  const algorithm = ACCESS_TOKEN_ALGORITHMS.find((name) => name === alg);
  if (algorithm === undefined || FORBIDDEN.some((name) => Object.hasOwn(header, name))) return undefined;
  return { kid, alg: algorithm };
}

function decodeObject(part: string): object | undefined {
  const text = Buffer.from(part, 'base64url').toString('utf8');
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    // A claim given twice could be read one way here and another way elsewhere.
    return repeatedMember(text) === undefined ? value : undefined;
  } catch {
    return undefined;
  }
}
