import { type EXPERIENCE_LEVELS } from '#contracts';
import { foldInPlace } from './text.js';

export type ExperienceLevel = (typeof EXPERIENCE_LEVELS)[number];

/** Directors and executives stand beside the ladder: where a title says so, the level is not known, not lower. */
type Rung = ExperienceLevel | null;

/** First match wins, so the higher rung stands before the lower one: "Senior Staff Engineer" is staff. */
const IN_TITLE: readonly [Rung, RegExp][] = [
  ['entry', /\b(?:intern|internship|praktik(?:um|ant(?:in)?)|stagiaire|stage|becari[oa]|working student|werkstudent(?:in)?)\b/],
  [null, /\b(?:chief [a-z]+(?: [a-z]+)? officer|c[etofpim]o|s?vp|evp|avp|vice president)\b/],
  ['principal', /\b(?:principal|distinguished|fellow)\b/],
  ['staff', /\bstaff\b(?! (?:accountant|nurse|pharmacist))/],
  [null, /\b(?:director|direktor(?:in)?|directeur|directrice|head of|leiter(?:in)?)\b/],
  ['lead', /\b(?:lead|tech lead|team ?lead(?:er)?|teamleit(?:er|ung)|chapter lead)\b/],
  ['senior', /\b(?:senior|sr|snr|confirme)\b/],
  ['junior', /\b(?:junior|jr|jnr)\b/],
  ['entry', /\b(?:entry[- ]level|graduate|new grad(?:uate)?|trainee|absolvent(?:in)?|berufseinsteiger(?:in)?|debutant)\b/],
  ['mid', /\b(?:mid[- ]?level|intermediate|medior)\b/],
  ['lead', /\b(?:engineering|design|data|people|product development|software|team) manager\b/],
];

/** Words of a source's own level field: The Muse, Himalayas, Arbeitnow job types. */
const IN_HINT: readonly [Rung, RegExp][] = [
  ['entry', /\b(?:internship|intern|praktikum)\b/],
  [null, /\bexecutive\b/],
  [null, /\bdirector\b/],
  ['lead', /\b(?:management|manager)\b/],
  ['lead', /\b(?:lead|teamleitung)\b/],
  ['senior', /\bsenior\b/],
  ['mid', /\b(?:mid|berufserfahren|professional|experienced)\b/],
  ['junior', /\bjunior\b/],
  ['entry', /\b(?:entry|berufseinstieg)\b/],
];

/** Title first (it is about this opening), then the source's field; null when neither says. */
export function experienceLevelOf(title: string, hint: string | null): ExperienceLevel | null {
  const rung = firstMatch(IN_TITLE, title) ?? (hint === null ? undefined : firstMatch(IN_HINT, hint));
  return rung?.[0] ?? null;
}

function firstMatch(rules: readonly [Rung, RegExp][], text: string): [Rung, RegExp] | undefined {
  const folded = foldInPlace(text.slice(0, 400));
  return rules.find(([, pattern]) => pattern.test(folded));
}
