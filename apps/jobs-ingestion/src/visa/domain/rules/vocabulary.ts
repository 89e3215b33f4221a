import type { VisaRule } from './rule.js';

/** How one language speaks of it; alternatives of a regular expression, folded. */
export interface Vocabulary {
  language: string;
  /** Papers that allow to live or work somewhere. */
  paper: string;
  /** What an employer says to do about them, in the first person or as a noun: never what the applicant does. */
  help: string;
  /** Verbs that are an offer only where the employer is the one who does it. */
  act?: string;
  employer?: string;
  /** Enough by themselves: "recognised sponsor". */
  offer?: string;
  /** Makes an offer one that promises nothing: "in some cases". */
  condition: string;
  not: string;
  /** Denies what was said before it: "is not possible". */
  denial: string;
  /** Asks for the papers: "valid", "must". */
  demand: string;
  /** Asks for the right itself, or for a citizenship. */
  right: string;
  relocation?: string;
}

const NEAR = '[^.]{0,60}';

/** The same five statements in every language: refused, offered, perhaps offered, demanded, and help with moving. */
export function rulesOf(words: Vocabulary): VisaRule[] {
  const { language, paper, help, act, employer, offer, condition, not, denial, demand, right, relocation } = words;
  const subjects = [paper, right, offer, relocation].filter((subject) => subject !== undefined);
  const gate = new RegExp(`\\b(?:${subjects.join('|')})`);
  const rule = (name: string, polarity: VisaRule['polarity'], ...patterns: readonly string[]): VisaRule => ({
    name: `${language}-${name}`,
    polarity,
    gate,
    pattern: new RegExp(patterns.map((pattern) => `(?:${pattern})`).join('|')),
  });
  const does = [help, ...(act === undefined ? [] : [act])].join('|');
  const offers = [
    `\\b(?:${help})\\b${NEAR}\\b(?:${paper})\\b`,
    `\\b(?:${paper})\\b${NEAR}\\b(?:${help})\\b`,
    ...(act === undefined || employer === undefined
      ? []
      : [
          `\\b(?:${employer})\\b${NEAR}\\b(?:${act})\\b${NEAR}\\b(?:${paper})\\b`,
          `\\b(?:${act})\\b ?(?:${employer})\\b${NEAR}\\b(?:${paper})\\b`,
          `\\b(?:${paper})\\b${NEAR}\\b(?:${act})\\b[^.]{0,15}\\b(?:${employer})\\b`,
          `\\b(?:${employer})\\b${NEAR}\\b(?:${paper})\\b${NEAR}\\b(?:${act})\\b`,
        ]),
    ...(offer === undefined ? [] : [`\\b(?:${offer})\\b`]),
  ];
  const either = offers.map((pattern) => `(?:${pattern})`).join('|');
  return [
    rule(
      'refuses',
      'refuses',
      `\\b(?:${not})\\b${NEAR}\\b(?:${does})\\b${NEAR}\\b(?:${paper})\\b`,
      `\\b(?:${not})\\b${NEAR}\\b(?:${paper})\\b${NEAR}\\b(?:${does})\\b`,
      `\\b(?:${paper})\\b${NEAR}\\b(?:${denial})\\b`,
      ...(offer === undefined ? [] : [`\\b(?:${not})\\b${NEAR}\\b(?:${offer})\\b`]),
      `\\b(?:${not})\\b[^.,]{0,25}\\b(?:${paper})\\b`,
    ),
    rule('offers-conditional', 'offers', `^(?=.*\\b(?:${condition})\\b).*(?:${either})`),
    rule('offers', 'offers', ...offers),
    rule(
      'requires',
      'requires_existing_authorization',
      `\\b(?:${demand})\\b${NEAR}\\b(?:${paper})\\b`,
      `\\b(?:${paper})\\b${NEAR}\\b(?:${demand})\\b`,
      `\\b(?:${right})\\b`,
    ),
    ...(relocation === undefined ? [] : [rule('relocation', 'relocation', `\\b(?:${relocation})\\b`)]),
  ];
}
