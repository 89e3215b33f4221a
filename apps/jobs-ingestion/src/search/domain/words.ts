/** Skills keep their signs: c++, c#, .net. */
export const skillKey = (skill: string): string => skill.trim().toLowerCase().replace(/\s+/g, ' ');

export interface TextQuery {
  /** For websearch_to_tsquery; empty when every word was a skill with signs. */
  words: string;
  /** Words the text parser would cut at their signs ("c++" to "c"); they are asked for as whole lexemes. */
  lexemes: string[];
}

const SIGNED_WORD = /(?<![\p{L}\p{N}"-])(?:[\p{L}\p{N}]+(?:\+\+|#)|\.net)(?![\p{L}\p{N}"])/giu;

export function splitTextQuery(q: string): TextQuery {
  // Inside quotes or behind a minus a word belongs to the operator; only free words are taken out.
  if (q.includes('"')) return { words: q, lexemes: [] };
  const lexemes = [...q.matchAll(SIGNED_WORD)].map(([word]) => word.toLowerCase());
  return { words: q.replace(SIGNED_WORD, ' ').replace(/\s+/g, ' ').trim(), lexemes };
}
