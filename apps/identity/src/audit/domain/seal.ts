import { createHmac } from 'node:crypto';
import type { ChainPlace } from './chain.js';

/** How far one chain is sealed, and from where on it is kept. `tag` stands for the person and names nobody. */
export interface AuditHead extends ChainPlace {
  tag: Buffer;
  /** The last row that retention took: the chain begins behind it. */
  cut: ChainPlace;
  unkeyedThrough: number;
}

/** The seal over all heads. `number` grows with every sealing, so a database that was set back shows. */
export interface AuditSeal {
  number: number;
  sealedAt: Date;
  /** Until then rows without a key are from replicas of the version before. */
  unkeyedUntil: Date;
  heads: number;
  /** Sum of the heads' values modulo 2^256: it changes with one head without reading the others. */
  sum: Buffer;
}

export const EMPTY_SUM = Buffer.alloc(32);
const MODULUS = 1n << 256n;

export const tagOf = (key: Buffer, chain: string): Buffer => mac(key, ['tag', chain]).subarray(0, 16);

/** Stored beside the head: tells a head somebody else wrote. */
export const macOfHead = (key: Buffer, head: AuditHead): Buffer => mac(key, ['head', ...factsOf(head)]);

export const macOfSeal = (key: Buffer, { number, sealedAt, unkeyedUntil, heads, sum }: AuditSeal): Buffer =>
  mac(key, ['seal', number, sealedAt.toISOString(), unkeyedUntil.toISOString(), heads, sum.toString('hex')]);

/**
 * What a head adds to the sum. Stored nowhere, so that nobody can put old heads together to the same sum: a head that
 * was set back to an earlier state has a good mac and is still missed here.
 */
const valueOf = (key: Buffer, head: AuditHead): bigint =>
  BigInt(`0x${mac(key, ['value', ...factsOf(head)]).toString('hex')}`);

export function sumWith(
  key: Buffer,
  sum: Buffer,
  { removed = [], added = [] }: { removed?: readonly AuditHead[]; added?: readonly AuditHead[] },
): Buffer {
  let total = BigInt(`0x${sum.toString('hex')}`);
  for (const head of added) total += valueOf(key, head);
  for (const head of removed) total -= valueOf(key, head);
  const within = ((total % MODULUS) + MODULUS) % MODULUS;
  return Buffer.from(within.toString(16).padStart(64, '0'), 'hex');
}

const factsOf = ({ tag, sequence, hash, cut, unkeyedThrough }: AuditHead): unknown[] => [
  tag.toString('hex'),
  sequence,
  hash.toString('hex'),
  cut.sequence,
  cut.hash.toString('hex'),
  unkeyedThrough,
];

/** JSON, so that no two things have the same text. */
const mac = (key: Buffer, parts: readonly unknown[]): Buffer =>
  createHmac('sha256', key).update(JSON.stringify(parts), 'utf8').digest();
