import { foldInPlace } from '../../normalise/domain/text.js';
import { LEXICON } from './lexicon.js';

/** A name of the lexicon, written as it is shown. */
export type SkillName = string;

/** Keeps what makes c++, c#, .net, node.js, a/b and scikit-learn words; trailing points are cut afterwards. */
const TOKEN = /\.?[\p{L}\p{N}][\p{L}\p{N}+#]*(?:[.\-/][\p{L}\p{N}][\p{L}\p{N}+#]*)*/gu;
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

/** First token of a spelling → the terms that begin with it, longest first. */
const TERMS: ReadonlyMap<string, readonly Term[]> = (() => {
  const map = new Map<string, Term[]>();
  for (const { name, aliases, isAmbiguous } of LEXICON) {
    [name, ...aliases].forEach((spelling, index) => {
      const [first, ...rest] = tokensOf(spelling).map((token) => token.folded);
      if (first === undefined) return;
      map.set(first, [...(map.get(first) ?? []), { name, rest, isAmbiguous: isAmbiguous && index === 0 }]);
    });
  }
  for (const terms of map.values()) terms.sort((a, b) => b.rest.length - a.rest.length);
  return map;
})();

interface Token {
  folded: string;
  start: number;
  end: number;
}

function tokensOf(text: string): Token[] {
  const folded = foldInPlace(text);
  const tokens: Token[] = [];
  for (const match of folded.matchAll(TOKEN)) {
    pushToken(tokens, match[0], match.index);
  }
  return tokens;
}

/** "python/django" and "python-based" are two words each, "ci/cd", "node.js" and "scikit-learn" one. */
function pushToken(tokens: Token[], word: string, start: number): void {
  if (!/[./-]/.test(word) || KNOWN.has(word)) {
    tokens.push({ folded: word, start, end: start + word.length });
    return;
  }
  let offset = 0;
  for (const piece of word.split(/([/-]|(?<=.)\.)/)) {
    if (piece !== '' && !/^[/.-]$/.test(piece)) {
      tokens.push({ folded: piece, start: start + offset, end: start + offset + piece.length });
    }
    offset += piece.length;
  }
}

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
 */
export function extractSkills(text: string): SkillName[] {
  const original = withoutAddresses(text.slice(0, MAX_TEXT));
  const tokens = tokensOf(original);
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
  text.includes('://') ? text.replace(/https?:\/\/\S+/gi, (address) => ' '.repeat(address.length)) : text;

function hitAt(tokens: readonly Token[], index: number): Hit | null {
  const here = tokens[index];
  if (!here) return null;
  for (const term of TERMS.get(here.folded) ?? []) {
    if (term.rest.every((word, offset) => tokens[index + 1 + offset]?.folded === word)) {
      return { name: term.name, isAmbiguous: term.isAmbiguous, from: index, to: index + term.rest.length };
    }
  }
  return null;
}

const TRADE =
  /^(?:developers?|engineers?|entwickler(?:in)?|programming|programmer|language|services?|backend|code|codebase|applications?|microservices|programmierung|scripts?|packages?|framework|clusters?|jobs?)$/;
const BEFORE_TRADE = /^(?:in|with|using|mit|en|avec|backend|senior|junior|experienced|von)$/;

function isMeant(original: string, tokens: readonly Token[], hits: readonly Hit[], position: number): boolean {
  const hit = hits[position];
  const token = hit && tokens[hit.from];
  if (!hit || !token) return false;
  const written = original.slice(token.start, token.end);
  // A name begins with a capital; "go", "excel" and "express" in a sentence do not.
  if (written.charAt(0) === written.charAt(0).toLowerCase()) return false;
  // "R&D", "Series C", "Go-to-market", "C-level", "R." of an initial.
  const behind = original.slice(token.end, token.end + 2);
  if (/^\s?&|^-|^'|^\+/.test(behind) || (written.length === 1 && /^\./.test(behind))) return false;
  const previous = tokens[hit.from - 1];
  if (previous && /^(?:series|vitamin|class|level|plan|option|grade|round)$/.test(previous.folded)) return false;
  const next = tokens[hit.to + 1];
  if (next && TRADE.test(next.folded)) return true;
  const near = [hits[position - 1], hits[position + 1]].some(
    (other) => other !== undefined && !isSameWord(other, hit) && distance(other, hit) <= 2,
  );
  if (near && /[,/|;(+•]|\b(?:and|or|und|oder|et|ou|y|o|en|of)\b/.test(around(original, token))) return true;
  return (
    previous !== undefined && BEFORE_TRADE.test(previous.folded) && written.length > 1 && isListed(original, token)
  );
}

const isSameWord = (a: Hit, b: Hit): boolean => a.from === b.from;
const distance = (a: Hit, b: Hit): number => (a.from > b.to ? a.from - b.to : b.from - a.to);
const around = (text: string, token: Token): string => text.slice(Math.max(0, token.start - 6), token.end + 6);
const isListed = (text: string, token: Token): boolean =>
  /^\s?(?:[,/.);]|$|\b(?:and|or|und|oder)\b)/.test(text.slice(token.end, token.end + 5));

/** The lexicon's name for what somebody typed ("ts", "k8s", "golang"); null for what it does not know. */
export function skillNameOf(typed: string): SkillName | null {
  const tokens = tokensOf(typed);
  const hit = hitAt(tokens, 0);
  return hit !== null && hit.to === tokens.length - 1 ? hit.name : null;
}
