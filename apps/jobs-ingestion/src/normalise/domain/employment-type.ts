import type { EMPLOYMENT_TYPES } from '#contracts';
import { foldInPlace } from '#kernel';

export type EmploymentType = (typeof EMPLOYMENT_TYPES)[number];

/**
 * Order matters: "Internship (full-time)" is an internship. "Permanent" names no hours and "professional" is a level,
 * so neither is here.
 */
const WORDS: readonly [EmploymentType, RegExp][] = [
  [
    'internship',
    /\b(?:intern(?:ship)?|praktik(?:um|ant(?:in)?)|stage|stagiaire|stagiair|becari[oa]|practicas|tirocinio|traineeship)\b/,
  ],
  ['contract', /\b(?:contract(?:or)?|freelance(?:r)?|freie mitarbeit|freiberuflich|b2b|zzp|autonomo)\b/],
  ['temporary', /\b(?:temporary|temp|befristet|cdd|interim|seasonal|fixed.term|tijdelijk|temporal)\b/],
  [
    'part_time',
    /\b(?:part.?time|teilzeit|temps partiel|working student|werkstudent(?:in)?|minijob|tiempo parcial|deeltijd|side)\b/,
  ],
  ['full_time', /\b(?:full.?time|vollzeit|temps plein|tiempo completo|jornada completa|voltijd|fulltime)\b/],
  ['other', /\b(?:apprentice(?:ship)?|ausbildung|volunteer|other|alternance)\b/],
];

/** Maps the words of any source ("Full-time", "FULLTIME", "Vollzeit") to one list; null when they say nothing. */
export function employmentTypeOf(...values: readonly (string | null | undefined)[]): EmploymentType | null {
  const text = foldInPlace(values.filter((value) => typeof value === 'string').join(' | '))
    .slice(0, 400)
    .replace(/_/g, ' ');
  return WORDS.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}
