import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits for a link or a mail; only the hash is kept, and a plain fast one is enough for so many bits. */
export function newSecret(): { text: string; hash: Buffer } {
  const text = randomBytes(32).toString('base64url');
  return { text, hash: hashOfSecret(text) };
}

export const hashOfSecret = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();

export const isSecret = (text: string, hash: Buffer): boolean => timingSafeEqual(hashOfSecret(text), hash);
