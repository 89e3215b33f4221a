import type { GroundedSentence } from '#contracts';

/** A fact a sentence may state, and where it stands. */
export interface Fact {
  /** `profile.skills[2]`, `job.company`, `request.highlights[0]`. */
  source: string;
  value: string;
}

export interface Sentence {
  text: string;
  facts: Fact[];
}

/**
 * Tagged template of a sentence: what is put in is a Fact, so a claim cannot get into a text without its source.
 * Plain strings are allowed for words that claim nothing.
 */
export function say(words: TemplateStringsArray, ...parts: (Fact | Fact[] | string)[]): Sentence {
  const facts: Fact[] = [];
  let text = words[0] ?? '';
  parts.forEach((part, index) => {
    if (typeof part === 'string') text += part;
    else if (Array.isArray(part)) {
      facts.push(...part);
      text += part.map((fact) => fact.value).join(', ');
    } else {
      facts.push(part);
      text += part.value;
    }
    text += words[index + 1] ?? '';
  });
  return { text, facts };
}

/** `a, b and c` as one list of facts with the language's own "and". */
export function joinFacts(facts: readonly Fact[], and: string): Sentence {
  const values = facts.map((fact) => fact.value);
  const last = values.at(-1) ?? '';
  const text = values.length < 2 ? last : `${values.slice(0, -1).join(', ')} ${and} ${last}`;
  return { text, facts: [...facts] };
}

/** Puts a joined list into a sentence. */
export const withList = (before: string, list: Sentence, after: Sentence | string): Sentence =>
  typeof after === 'string'
    ? { text: before + list.text + after, facts: list.facts }
    : { text: before + list.text + after.text, facts: [...list.facts, ...after.facts] };

export const toGrounding = (sentences: readonly Sentence[]): GroundedSentence[] =>
  sentences.map((sentence) => ({ sentence: sentence.text, facts: sentence.facts }));
