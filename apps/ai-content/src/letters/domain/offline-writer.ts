import type { GenerateCoverLetterRequest, GroundedSentence, Profile } from '#contracts';
import { type Sentence, toGrounding } from './grounded-text.js';
import { collectFacts, type LetterFacts, type PostingSnapshot } from './letter-facts.js';
import { isLetterLanguage, type LetterLanguage, PHRASE_BOOKS, type PhraseBook } from './phrase-book.js';

/** How much each length tells. */
const EXTENT = {
  short: { matching: 4, other: 0, stations: 0, highlights: 2, goal: false },
  medium: { matching: 6, other: 3, stations: 1, highlights: 3, goal: false },
  long: { matching: 10, other: 6, stations: 3, highlights: 5, goal: true },
} as const;

export interface WrittenLetter {
  content: string;
  language: LetterLanguage;
  grounding: GroundedSentence[];
}

/** The posting's own language where the writer knows it, else English. */
export const letterLanguage = (request: GenerateCoverLetterRequest, posting: PostingSnapshot): LetterLanguage => {
  if (request.language !== undefined) return request.language;
  return isLetterLanguage(posting.language) ? posting.language : 'en';
};

/**
 * Writes a letter without a model: the same input gives the same text, and every sentence that says something about
 * the person carries the facts it rests on. What the profile does not tell, the letter does not claim.
 */
export function writeCoverLetter(
  profile: Profile,
  posting: PostingSnapshot,
  request: GenerateCoverLetterRequest,
): WrittenLetter {
  const language = letterLanguage(request, posting);
  const phrases = PHRASE_BOOKS[language];
  const tone = request.tone ?? 'professional';
  const extent = EXTENT[request.length ?? 'medium'];
  const facts = collectFacts(profile, posting, request.highlights ?? []);

  const paragraphs: Sentence[][] = [
    [phrases.greeting()],
    [phrases.opening(facts.role, facts.company, tone), ...background(facts, phrases)],
    skills(facts, phrases, extent),
    stations(facts, phrases, extent.stations),
    facts.highlights.slice(0, extent.highlights).map((text) => phrases.highlight(text)),
    extent.goal && facts.goal !== null ? [phrases.goal(facts.goal)] : [],
    [phrases.closing(facts.company, tone)],
    [phrases.signOff(facts.name, tone)],
  ].filter((paragraph) => paragraph.length > 0);

  return {
    language,
    content: paragraphs.map((paragraph) => paragraph.map((sentence) => sentence.text).join(' ')).join('\n\n'),
    grounding: toGrounding(paragraphs.flat()),
  };
}

function background(facts: LetterFacts, phrases: PhraseBook): Sentence[] {
  const sentences: Sentence[] = [];
  if (facts.currentRole !== null) sentences.push(phrases.currentPosition(facts.currentRole, facts.currentCompany));
  if (facts.years !== null) sentences.push(phrases.years(facts.years));
  return sentences;
}

function skills(facts: LetterFacts, phrases: PhraseBook, extent: (typeof EXTENT)[keyof typeof EXTENT]): Sentence[] {
  const sentences: Sentence[] = [];
  const matching = facts.matchingSkills.slice(0, extent.matching);
  // Without anything the posting asks for, the person's own skills still say who writes.
  const others = facts.otherSkills.slice(0, matching.length === 0 ? Math.max(extent.other, 3) : extent.other);
  if (matching.length > 0) sentences.push(phrases.matchingSkills(matching));
  if (others.length > 0) sentences.push(phrases.otherSkills(others));
  return sentences;
}

function stations(facts: LetterFacts, phrases: PhraseBook, count: number): Sentence[] {
  return facts.stations
    .slice(0, count)
    .flatMap(({ title, company, achievement }) => [
      phrases.station(title, company),
      ...(achievement === null ? [] : [phrases.achievement(achievement)]),
    ]);
}
