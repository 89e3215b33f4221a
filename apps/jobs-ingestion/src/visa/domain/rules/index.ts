import { ENGLISH, RELOCATION } from './english.js';
import { OTHER_LANGUAGES } from './languages.js';
import type { VisaPolarity, VisaRule } from './rule.js';

export { TRIGGER, UNRELATED } from './subject.js';
export type { VisaPolarity, VisaRule } from './rule.js';

/**
 * In the order they are tried for one clause: a refusal is the stronger statement where both words occur, and
 * "authorized to work without sponsorship" refuses rather than merely requires.
 */
export const VISA_RULES: readonly VisaRule[] = (() => {
  const all = [...ENGLISH, ...OTHER_LANGUAGES, ...RELOCATION];
  const order: readonly VisaPolarity[] = ['refuses', 'offers', 'requires_existing_authorization', 'relocation'];
  return order.flatMap((polarity) => all.filter((rule) => rule.polarity === polarity));
})();
