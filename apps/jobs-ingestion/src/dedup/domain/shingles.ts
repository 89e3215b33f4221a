import { isWordCharacter } from '../../normalise/domain/word-characters.js';

/** Words per shingle: long enough that shared boilerplate phrases of a trade do not count, short enough for edits. */
const WIDTH = 4;
const MAX_TEXT = 12_000;
const FNV_START = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Hashes of every run of four words, ascending, each once; a text is compared by how many of these it shares. */
export type Shingles = Uint32Array;

/** `folded` is `foldInPlace` of the text. */
export function shinglesOf(folded: string): Shingles {
  const words = wordHashes(folded.slice(0, MAX_TEXT));
  const found = new Uint32Array(Math.max(0, words.length - WIDTH + 1));
  for (let index = 0; index < found.length; index++) {
    let mixed = 0;
    for (let offset = 0; offset < WIDTH; offset++) mixed = Math.imul(mixed, FNV_PRIME) ^ (words[index + offset] ?? 0);
    found[index] = mixed;
  }
  return ascendingOnce(found);
}

function wordHashes(text: string): number[] {
  const words: number[] = [];
  let hash = FNV_START;
  let isInside = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (isWordCharacter(code)) {
      hash = Math.imul(hash ^ code, FNV_PRIME);
      isInside = true;
    } else if (isInside) {
      words.push(hash);
      hash = FNV_START;
      isInside = false;
    }
  }
  if (isInside) words.push(hash);
  return words;
}

function ascendingOnce(values: Uint32Array): Shingles {
  values.sort();
  let kept = 0;
  for (const value of values) {
    if (kept === 0 || values[kept - 1] !== value) values[kept++] = value;
  }
  return values.subarray(0, kept);
}

/** FNV-1a. */
export function hashOf(text: string): number {
  let hash = FNV_START;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
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

export function likenessOf(a: Shingles, b: Shingles): TextLikeness {
  const [small, large] = a.length <= b.length ? [a, b] : [b, a];
  if (small.length === 0) return { containment: 0, size: 0, ratio: Infinity };
  let common = 0;
  let position = 0;
  for (const shingle of small) {
    while (position < large.length && (large[position] ?? 0) < shingle) position++;
    if (large[position] === shingle) common++;
  }
  return { containment: common / small.length, size: small.length, ratio: large.length / small.length };
}

/** 8 bands of 4: texts sharing 60 % of their shingles meet in a band with probability 0.67, 80 % with 0.98. */
const BANDS = 8;
const ROWS = 4;
const MULTIPLIERS = Uint32Array.from({ length: BANDS * ROWS }, (_, index) => hashOf(`minhash ${index}`) | 1);
/** Texts shorter than this are too alike by chance. */
const MIN_SHINGLES = 20;

/** MinHash bands (LSH) as strings: two texts that share one are worth comparing. */
export function bandsOf(shingles: Shingles): string[] {
  if (shingles.length < MIN_SHINGLES) return [];
  const minima = new Uint32Array(MULTIPLIERS.length).fill(0xffffffff);
  for (const shingle of shingles) {
    const mixed = shingle ^ (shingle >>> 15);
    for (let index = 0; index < MULTIPLIERS.length; index++) {
      let value = Math.imul(mixed, MULTIPLIERS[index] ?? 1);
      value = (value ^ (value >>> 13)) >>> 0;
      if (value < (minima[index] ?? 0)) minima[index] = value;
    }
  }
  return Array.from({ length: BANDS }, (_, band) => {
    const rows = minima.subarray(band * ROWS, (band + 1) * ROWS);
    return `d${band}:${hashOf(rows.join(',')).toString(36)}`;
  });
}
