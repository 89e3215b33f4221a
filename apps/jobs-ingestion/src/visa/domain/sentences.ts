/** A piece of text that makes one statement, by offsets into the original. */
export interface Clause {
  /** The sentence around it is what gets quoted. */
  sentenceStart: number;
  sentenceEnd: number;
  /** Folded text of the clause. */
  text: string;
  /** Stands between bars or bullets of a list, like "VISA SPONSORSHIP" in a posting's head line. */
  isListItem: boolean;
  isQuestion: boolean;
}

/** Far beyond any real sentence; text without punctuation must not become one endless clause. */
const MAX_SENTENCE = 420;

/** A full stop ends a sentence unless it stands in an abbreviation ("U.S.", "e.g.", "Ltd.", "bzw."). */
const BREAK =
  /\n|[•·|;!?]+|\.(?=\s|$)(?<!\b(?:[a-z]|u\.s|e\.g|i\.e|inc|ltd|co|st|bzw|inkl|ggf|etc|z\.b|no)\.)|\s[*●▪]\s| - (?=[a-z0-9€$])/g;
/** Behind these words the opposite of what stood before may follow; a bare "but cannot" takes it back instead. */
const CONTRAST =
  /\b(?:but|however|although|though|aber|jedoch|allerdings|mais|cependant|pero|sin embargo|maar|echter|men|dock|tuttavia|jednak|mas|porem)\b(?!\W*(?:\w+ ){0,3}(?:cannot|can't|unable|not possible)\W*$)/;

/** Says "not" without denying anything. Blanked with the same length, so that offsets stay. */
const IDIOMS =
  /\b(?:not only|whether or not|if not|no matter|no problem|not a problem|don't worry|do not worry|no worries|can't wait|cannot wait|nicht nur|non seulement|no solo|niet alleen|not required to|no need to worry|if you (?:don't|do not)(?: yet)? have|(?:falls|wenn) (?:du|sie) (?:noch )?kein\w*|si vous n'avez pas|si no tienes|als je (?:nog )?geen|om du inte har|se non hai|jesli nie masz|se nao tens)\b/g;

/** The clauses of every sentence that `trigger` matches in, in order, each once. */
export function* clausesAround(folded: string, trigger: RegExp): Generator<Clause> {
  let done = 0;
  for (const found of folded.matchAll(trigger)) {
    if (found.index < done) continue;
    const start = sentenceStart(folded, found.index, done);
    const [end, mark] = sentenceEnd(folded, found.index + found[0].length);
    done = end;
    const before = folded[start - 1] ?? '\n';
    const isBar = (character: string): boolean => /[|•·●▪*]/.test(character);
    const base = { sentenceStart: start, sentenceEnd: end, isQuestion: mark === '?' };
    const isListItem = isBar(before) || isBar(mark) || / - $/.test(folded.slice(Math.max(0, start - 3), start));
    for (const text of folded
      .slice(start, end)
      .replace(IDIOMS, (idiom) => ' '.repeat(idiom.length))
      .split(CONTRAST)) {
      if (text.trim() !== '') yield { ...base, text, isListItem };
    }
  }
}

function sentenceStart(folded: string, at: number, from: number): number {
  const floor = Math.max(from, at - MAX_SENTENCE);
  let start = floor;
  for (const found of folded.slice(floor, at).matchAll(BREAK)) start = floor + found.index + found[0].length;
  while (start < at && /\s/.test(folded.charAt(start))) start++;
  return start;
}

function sentenceEnd(folded: string, at: number): [end: number, mark: string] {
  const window = folded.slice(at, at + MAX_SENTENCE);
  for (const found of window.matchAll(BREAK)) return [at + found.index, found[0].trim().charAt(0)];
  return [at + window.length, ''];
}
