import type { JOB_EXPERIENCE_LEVELS } from '#contracts';
import { foldInPlace } from '#kernel';

export type ExperienceLevel = (typeof JOB_EXPERIENCE_LEVELS)[number];

/** First match wins, so the higher rung stands before the lower one: "Senior Staff Engineer" is staff. */
const IN_TITLE: readonly [ExperienceLevel, RegExp][] = [
  [
    'internship',
    /\b(?:intern|internship|praktik(?:um|ant(?:in)?)|stagiaire|stage|becari[oa]|working student|werkstudent(?:in)?)\b/,
  ],
  ['executive', /\b(?:chief [a-z]+(?: [a-z]+)? officer|c[etofpim]o|s?vp|evp|avp|vice president)\b/],
  ['principal', /\b(?:principal|distinguished|fellow)\b/],
  ['staff', /\bstaff\b(?! (?:accountant|nurse|pharmacist))/],
  ['director', /\b(?:director|direktor(?:in)?|directeur|directrice|head of|leiter(?:in)?)\b/],
  ['lead', /\b(?:lead|tech lead|team ?lead(?:er)?|teamleit(?:er|ung)|chapter lead)\b/],
  ['senior', /\b(?:senior|sr|snr|confirme)\b/],
  ['junior', /\b(?:junior|jr|jnr)\b/],
  [
    'entry',
    /\b(?:entry[- ]level|graduate|new grad(?:uate)?|trainee|absolvent(?:in)?|berufseinsteiger(?:in)?|debutant)\b/,
  ],
  ['mid', /\b(?:mid[- ]?level|intermediate|medior)\b/],
  ['manager', /\b(?:engineering|design|data|people|product development|software|team) manager\b/],
];

/** Words of a source's own level field: The Muse, Himalayas, Arbeitnow job types. */
const IN_HINT: readonly [ExperienceLevel, RegExp][] = [
  ['internship', /\b(?:internship|intern|praktikum)\b/],
  ['executive', /\bexecutive\b/],
  ['director', /\bdirector\b/],
  ['manager', /\b(?:management|manager)\b/],
  ['lead', /\b(?:lead|teamleitung)\b/],
  ['senior', /\bsenior\b/],
  ['mid', /\b(?:mid|berufserfahren|professional|experienced)\b/],
  ['junior', /\bjunior\b/],
  ['entry', /\b(?:entry|berufseinstieg)\b/],
];

/** Title first (it is about this opening), then the source's field; null when neither says. */
export function experienceLevelOf(title: string, hint: string | null): ExperienceLevel | null {
  return firstMatch(IN_TITLE, title) ?? (hint === null ? null : firstMatch(IN_HINT, hint));
}

function firstMatch(rules: readonly [ExperienceLevel, RegExp][], text: string): ExperienceLevel | null {
  const folded = foldInPlace(text.slice(0, 400));
  return rules.find(([, pattern]) => pattern.test(folded))?.[0] ?? null;
}
