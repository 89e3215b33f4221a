import type { VISA_POLARITIES } from '#contracts';

export type VisaPolarity = (typeof VISA_POLARITIES)[number];

export interface VisaRule {
  /** Stable name, kept with the evidence. It begins with the language; `-conditional` promises nothing. */
  name: string;
  polarity: VisaPolarity;
  /** Matched against one folded clause (lower case, accents off). */
  pattern: RegExp;
  /** Must match too. The rules of a language share one, so that a clause in another language costs one look. */
  gate?: RegExp;
  /** Only where the clause is an item of a list. */
  listItemOnly?: boolean;
}
