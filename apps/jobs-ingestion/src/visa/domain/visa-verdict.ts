import type { VISA_VERDICTS } from '#contracts';
import { foldInPlace } from '#kernel';
import { TRIGGER, UNRELATED, VISA_RULES, type VisaPolarity, type VisaRule } from './rules/index.js';
import { clausesAround, type Clause } from './sentences.js';

export type VisaVerdict = (typeof VISA_VERDICTS)[number];

export interface VisaEvidence {
  /** The words themselves, cut from the text; for a source's own field the field's statement. */
  quote: string;
  /** Offsets of the quote in the description text; null when it does not stand there. */
  start: number | null;
  end: number | null;
  rule: string;
  polarity: VisaPolarity;
}

export interface VisaAssessment {
  verdict: VisaVerdict;
  evidence: VisaEvidence[];
}

export interface SourceFlag {
  says: 'offers' | 'refuses';
  /**
   * `field`: the employer's answer to a field of the source. `filter`: it was listed under the source's filter.
   * `employer`: he said it here himself.
   */
  basis: 'field' | 'filter' | 'employer';
  /** What the source says, in its words, e.g. "sponsorship: Offers Sponsorship". */
  statement: string;
}

export interface VisaHints {
  sourceFlag?: SourceFlag | null;
  /** `foldInPlace` of the text, where the caller has it. */
  folded?: string;
}

const MAX_TEXT = 40_000;
const MAX_EVIDENCE = 6;
const MAX_QUOTE = 300;

/**
 * What a posting says about visa support, with the sentences it says it in.
 *   yes      at least one offer, nothing against it
 *   no       a refusal, or existing permission to work demanded, and no offer
 *   maybe    statements that contradict each other, or nothing but "may" and a source's filter speaks for it
 *   unknown  nothing; relocation help alone says nothing about visas, though it is kept as evidence
 */
export function visaVerdict(text: string, { sourceFlag, folded = foldInPlace(text) }: VisaHints = {}): VisaAssessment {
  const evidence = readStatements(text, folded.slice(0, MAX_TEXT));
  if (sourceFlag) {
    const { statement: quote, basis, says: polarity } = sourceFlag;
    evidence.push({ quote, start: null, end: null, rule: RULE_OF_BASIS[basis], polarity });
  }
  return { verdict: verdictOf(evidence), evidence };
}

const RULE_OF_BASIS = {
  field: 'source-field',
  filter: 'source-filter',
  employer: 'employer-statement',
} as const satisfies Record<SourceFlag['basis'], string>;

/** Speaks for it without promising it: "may sponsor", "case by case", being listed under a filter. */
const isConditional = ({ rule }: VisaEvidence): boolean => rule.endsWith('-conditional') || rule === 'source-filter';

function verdictOf(evidence: readonly VisaEvidence[]): VisaVerdict {
  const says = (polarity: VisaPolarity): boolean => evidence.some((one) => one.polarity === polarity);
  const against = says('refuses') || says('requires_existing_authorization');
  if (!says('offers')) return against ? 'no' : 'unknown';
  const isPromised = evidence.some((one) => one.polarity === 'offers' && !isConditional(one));
  return against || !isPromised ? 'maybe' : 'yes';
}

function readStatements(text: string, folded: string): VisaEvidence[] {
  const evidence: VisaEvidence[] = [];
  for (const clause of clausesAround(folded, TRIGGER)) {
    const rule = ruleFor(clause);
    if (!rule) continue;
    const { sentenceStart: start } = clause;
    const quote = text.slice(start, Math.min(clause.sentenceEnd, start + MAX_QUOTE)).trimEnd();
    if (evidence.some((one) => one.polarity === rule.polarity && one.quote === quote)) continue;
    evidence.push({ quote, start, end: start + quote.length, rule: rule.name, polarity: rule.polarity });
    if (evidence.length === MAX_EVIDENCE) break;
  }
  return evidence;
}

function ruleFor(clause: Clause): VisaRule | undefined {
  if (clause.isQuestion || UNRELATED.test(clause.text)) return undefined;
  const gates = new Map<RegExp, boolean>();
  const isOpen = (gate: RegExp): boolean => {
    const known = gates.get(gate) ?? gate.test(clause.text);
    gates.set(gate, known);
    return known;
  };
  return VISA_RULES.find(
    ({ gate, listItemOnly, pattern }) =>
      (gate === undefined || isOpen(gate)) && (!listItemOnly || clause.isListItem) && pattern.test(clause.text),
  );
}
