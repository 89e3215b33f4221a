import type { Random } from './random.js';

const ONSETS = [
  'b',
  'br',
  'c',
  'ch',
  'd',
  'dr',
  'f',
  'fl',
  'g',
  'gr',
  'h',
  'k',
  'l',
  'm',
  'n',
  'p',
  'pl',
  'r',
  's',
  'st',
  't',
  'tr',
  'v',
  'w',
  'z',
];
const VOWELS = ['a', 'e', 'i', 'o', 'u', 'ai', 'ea', 'ou'];
const CODAS = ['', '', '', 'n', 'r', 'l', 'm', 'k', 't', 'nd', 'rt'];

/** Words of these texts, the most frequent first. */
export function trueWords(texts: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const word of text.toLowerCase().match(/\p{L}{2,}/gu) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a).map(([word]) => word);
}

/** Words nobody uses, which can be spoken: two to four syllables. */
export function madeWords(random: Random, count: number, taken: Set<string>): string[] {
  const made: string[] = [];
  while (made.length < count) {
    const syllables = 2 + random.below(3);
    let word = '';
    for (let at = 0; at < syllables; at++) word += random.pick(ONSETS) + random.pick(VOWELS) + random.pick(CODAS);
    if (taken.has(word)) continue;
    taken.add(word);
    made.push(word);
  }
  return made;
}
