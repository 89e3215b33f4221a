import { createHash, randomBytes } from 'node:crypto';

/** How keys look, so that a key is never mistaken for a token, and scanners can find leaked ones. */
export const API_KEY_PREFIX = 'cck_';
const SECRET_BYTES = 32;
const SHOWN_CHARACTERS = 8;
const SHAPE = /^cck_[\w-]{43}[\w-]{4}$/;

export interface NewApiKey {
  /** Shown once, to its owner. */
  key: string;
  /** What lists show of it: 48 of its 256 random bits. */
  shown: string;
  hash: Buffer;
}

/** `cck_`, 256 random bits, and four characters by which a mistyped or made-up key is known without asking anybody. */
export function makeApiKey(): NewApiKey {
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  const key = `${API_KEY_PREFIX}${secret}${checksum(secret)}`;
  return { key, shown: key.slice(0, API_KEY_PREFIX.length + SHOWN_CHARACTERS), hash: hashOf(key) };
}

/** The hash by which a key is known; undefined for a text that is none of ours. */
export function readApiKey(text: string): Buffer | undefined {
  if (!SHAPE.test(text)) return undefined;
  const secret = text.slice(API_KEY_PREFIX.length, -4);
  return text.endsWith(checksum(secret)) ? hashOf(text) : undefined;
}

/**
 * SHA-256 and not argon2: slow hashes protect what people choose, which can be guessed. 256 random bits cannot, however
 * fast the hash; and a key is looked up by its hash at every use, which a salted one would not allow.
 */
const hashOf = (key: string): Buffer => createHash('sha256').update(key, 'utf8').digest();

const checksum = (secret: string): string =>
  createHash('sha256').update(`career-copilot api key ${secret}`).digest().subarray(0, 3).toString('base64url');
