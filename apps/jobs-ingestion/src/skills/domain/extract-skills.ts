import { foldInPlace } from '#kernel';
import { LEXICON } from './lexicon.js';
import { Tokens } from './tokens.js';

/** A name of the lexicon, written as it is shown. */
export type SkillName = string;

const MAX_TEXT = 20_000;
const MAX_SKILLS = 60;

interface Term {
  name: SkillName;
  rest: readonly string[];
  isAmbiguous: boolean;
}

/** Spellings with a point, slash or hyphen that are one word. */
const KNOWN: ReadonlySet<string> = new Set(
  LEXICON.flatMap(({ name, aliases }) => [name, ...aliases].map((spelling) => foldInPlace(spelling))).filter(
    (spelling) => /[./-]/.test(spelling) && !spelling.includes(' '),
  ),
);

const tokensOf = (text: string): Tokens => new Tokens(foldInPlace(text), KNOWN);

/** First token of a spelling → the terms that begin with it, longest first. */
const TERMS: ReadonlyMap<string, readonly Term[]> = (() => {
  const map = new Map<string, Term[]>();
  for (const { name, aliases, isAmbiguous } of LEXICON) {
    [name, ...aliases].forEach((spelling, index) => {
      const tokens = tokensOf(spelling);
      if (tokens.length === 0) return;
      const [first = '', ...rest] = Array.from({ length: tokens.length }, (_, position) => tokens.word(position));
      map.set(first, [...(map.get(first) ?? []), { name, rest, isAmbiguous: isAmbiguous && index === 0 }]);
    });
  }
  for (const terms of map.values()) terms.sort((a, b) => b.rest.length - a.rest.length);
  return map;
})();

const SLOTS = 0x2000;
const slotOf = (text: string, start: number, end: number): number =>
  (text.charCodeAt(start) * 37 +
    text.charCodeAt(end - 1) * 1_409 +
    text.charCodeAt((start + end) >> 1) * 173 +
    end -
    start) &
  (SLOTS - 1);
/** By ends, middle and length of a word, whether it may begin a term: nine of ten words need not be cut out. */
const MAY_BEGIN = (() => {
  const slots = new Uint8Array(SLOTS);
  for (const word of TERMS.keys()) slots[slotOf(word, 0, word.length)] = 1;
  return slots;
})();

interface Hit {
  name: SkillName;
  isAmbiguous: boolean;
  /** Index of its first and last token. */
  from: number;
  to: number;
}

/**
 * The skills a text names, in the order they appear, each once. One pass over the tokens; ambiguous words ("Go", "R",
 * "C", "Spark") are kept when written like a name and standing among other skills or before a word of the trade.
 * `folded` is `foldInPlace` of the text.
 */
export function extractSkills(text: string, folded = foldInPlace(text.slice(0, MAX_TEXT))): SkillName[] {
  const original = text.slice(0, MAX_TEXT);
  const tokens = new Tokens(withoutAddresses(folded.slice(0, MAX_TEXT)), KNOWN);
  const hits: Hit[] = [];
  for (let index = 0; index < tokens.length;) {
    const hit = hitAt(tokens, index);
    if (hit) hits.push(hit);
    index = hit ? hit.to + 1 : index + 1;
  }
  const found = new Set<SkillName>();
  hits.forEach((hit, position) => {
    if (found.size < MAX_SKILLS && (!hit.isAmbiguous || isMeant(original, tokens, hits, position))) found.add(hit.name);
  });
  return [...found];
}

/** An address of a page about Python is no demand for Python. Same length, so that offsets stay. */
const withoutAddresses = (text: string): string =>
  text.includes('://') ? text.replace(/https?:\/\/\S+/g, (address) => ' '.repeat(address.length)) : text;

function hitAt(tokens: Tokens, index: number): Hit | null {
  const start = tokens.start(index);
  const end = tokens.end(index);
  if (MAY_BEGIN[slotOf(tokens.folded, start, end)] !== 1) return null;
  for (const term of TERMS.get(tokens.folded.slice(start, end)) ?? []) {
    if (term.rest.every((word, offset) => tokens.isAt(index + 1 + offset, word))) {
      return { name: term.name, isAmbiguous: term.isAmbiguous, from: index, to: index + term.rest.length };
    }
  }
  return null;
}

const TRADE =
  /^(?:developers?|engineers?|entwickler(?:in)?|programming|programmer|language|services?|backend|code|codebase|applications?|microservices|programmierung|scripts?|packages?|framework|clusters?|jobs?)$/;
const BEFORE_TRADE = /^(?:in|with|using|mit|en|avec|backend|senior|junior|experienced|von)$/;

function isMeant(original: string, tokens: Tokens, hits: readonly Hit[], position: number): boolean {
  const hit = hits[position];
  if (!hit) return false;
  const start = tokens.start(hit.from);
  const end = tokens.end(hit.from);
  const written = original.slice(start, end);
  // A name begins with a capital; "go", "excel" and "express" in a sentence do not.
  if (written.charAt(0) === written.charAt(0).toLowerCase()) return false;
  // "R&D", "Series C", "Go-to-market", "C-level", "R." of an initial.
  const behind = original.slice(end, end + 2);
  if (/^\s?&|^-|^'|^\+/.test(behind) || (written.length === 1 && /^\./.test(behind))) return false;
  const previous = hit.from > 0 ? tokens.word(hit.from - 1) : '';
  if (/^(?:series|vitamin|class|level|plan|option|grade|round)$/.test(previous)) return false;
  if (TRADE.test(tokens.word(hit.to + 1))) return true;
  const near = [hits[position - 1], hits[position + 1]].some(
    (other) => other !== undefined && !isSameWord(other, hit) && distance(other, hit) <= 2,
  );
  if (
    near &&
    /[,/|;(+•]|\b(?:and|or|und|oder|et|ou|y|o|en|of)\b/.test(original.slice(Math.max(0, start - 6), end + 6))
  ) {
    return true;
  }
  return BEFORE_TRADE.test(previous) && written.length > 1 && isListed(original, end);
}

const isSameWord = (a: Hit, b: Hit): boolean => a.from === b.from;
const distance = (a: Hit, b: Hit): number => (a.from > b.to ? a.from - b.to : b.from - a.to);
const isListed = (text: string, end: number): boolean =>
  /^\s?(?:[,/.);]|$|\b(?:and|or|und|oder)\b)/.test(text.slice(end, end + 5));

/** The lexicon's name for what somebody typed ("ts", "k8s", "golang"); null for what it does not know. */
export function skillNameOf(typed: string): SkillName | null {
  const tokens = tokensOf(typed);
  const hit = hitAt(tokens, 0);
  return hit !== null && hit.to === tokens.length - 1 ? hit.name : null;
}
