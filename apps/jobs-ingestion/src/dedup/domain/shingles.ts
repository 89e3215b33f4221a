import { fold } from '../../normalise/domain/text.js';

/** Words per shingle: long enough that shared boilerplate phrases of a trade do not count, short enough for edits. */
const WIDTH = 4;
const MAX_TEXT = 12_000;

/** Hashes of every run of four words; a text is compared by how many of these it shares. */
export function shinglesOf(text: string): ReadonlySet<number> {
  const words = fold(text.slice(0, MAX_TEXT)).match(/[\p{L}\p{N}]+/gu) ?? [];
  const hashes = words.map(hashOf);
  const shingles = new Set<number>();
  for (let index = 0; index + WIDTH <= hashes.length; index++) {
    let mixed = 0;
    for (let offset = 0; offset < WIDTH; offset++) mixed = Math.imul(mixed, 0x01000193) ^ (hashes[index + offset] ?? 0);
    shingles.add(mixed >>> 0);
  }
  return shingles;
}

/** FNV-1a. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

export interface TextLikeness {
  /** Share of the shorter text that is in the longer one: 1 for a cut copy. */
  containment: number;
  /** Shingles of the shorter text. Below some dozens a likeness means little. */
  size: number;
  /** How much longer the longer text is. */
  ratio: number;
}

export function likenessOf(a: ReadonlySet<number>, b: ReadonlySet<number>): TextLikeness {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  if (small.size === 0) return { containment: 0, size: 0, ratio: Infinity };
  let common = 0;
  for (const shingle of small) if (large.has(shingle)) common++;
  return { containment: common / small.size, size: small.size, ratio: large.size / small.size };
}

/** 8 bands of 4: texts sharing 60 % of their shingles meet in a band with probability 0.67, 80 % with 0.98. */
const BANDS = 8;
const ROWS = 4;
const MULTIPLIERS = Array.from({ length: BANDS * ROWS }, (_, index) => (hashOf(`minhash ${index}`) | 1) >>> 0);
/** Texts shorter than this are too alike by chance. */
const MIN_SHINGLES = 20;

/** MinHash bands (LSH) as strings: two texts that share one are worth comparing. */
export function bandsOf(shingles: ReadonlySet<number>): string[] {
  if (shingles.size < MIN_SHINGLES) return [];
  const minima = new Uint32Array(MULTIPLIERS.length).fill(0xffffffff);
  for (const shingle of shingles) {
    for (let index = 0; index < MULTIPLIERS.length; index++) {
      let value = Math.imul(shingle ^ (shingle >>> 15), MULTIPLIERS[index] ?? 1);
      value = (value ^ (value >>> 13)) >>> 0;
      if (value < (minima[index] ?? 0)) minima[index] = value;
    }
  }
  return Array.from({ length: BANDS }, (_, band) => {
    const rows = minima.subarray(band * ROWS, (band + 1) * ROWS);
    return `d${band}:${hashOf(rows.join(',')).toString(36)}`;
  });
}
