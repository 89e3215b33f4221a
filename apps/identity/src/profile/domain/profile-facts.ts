import type { Profile, UpdateProfileBody } from '#contracts';
import type { FieldProblem } from '#kernel';
import { countryCode, parsePlace, placeText, type TypedPlace } from './places.js';
import { isTimeZone } from './time-zone.js';

/** What a person told about himself, as it is stored: everything of the profile that has no row of its own. */
export interface ProfileFacts extends Pick<
  Profile,
  | 'headline'
  | 'current_role'
  | 'company'
  | 'experience_years'
  | 'experience_level'
  | 'experience'
  | 'salary_min'
  | 'salary_max'
  | 'currency'
  | 'remote_preference'
  | 'work_authorization'
  | 'visa_sponsorship_required'
  | 'career_goal'
  | 'education'
  | 'languages'
  | 'links'
  | 'bio'
  | 'phone'
  | 'time_zone'
> {
  places: TypedPlace[];
}

/** Nothing told yet. */
export const NO_FACTS: ProfileFacts = {
  headline: null,
  current_role: null,
  company: null,
  experience_years: null,
  experience_level: null,
  experience: [],
  salary_min: null,
  salary_max: null,
  currency: null,
  remote_preference: null,
  work_authorization: null,
  visa_sponsorship_required: null,
  career_goal: null,
  education: [],
  languages: [],
  links: [],
  bio: null,
  phone: null,
  time_zone: null,
  places: [],
};

/** A change without the members that have rows of their own. */
export type FactsChange = Omit<UpdateProfileBody, 'full_name' | 'skills' | 'version'>;

/** Facts after a change, with what is wrong about them (by public field name). Absent members stay as they are. */
export function changeFacts(
  current: ProfileFacts,
  { preferred_locations, languages, ...plain }: FactsChange,
): { facts: ProfileFacts; problems: FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const facts: ProfileFacts = { ...current, ...plain };
  if (preferred_locations !== undefined) facts.places = placesOf(preferred_locations, problems);
  if (languages !== undefined) {
    facts.languages = languages.map((entry) => (typeof entry === 'string' ? { name: entry, level: null } : entry));
  }
  problems.push(...contradictions(facts));
  return { facts, problems };
}

function placesOf(written: NonNullable<FactsChange['preferred_locations']>, problems: FieldProblem[]): TypedPlace[] {
  const places = written.map((entry, index) => {
    if (typeof entry === 'string') return parsePlace(entry);
    const city = entry.city ?? null;
    const country = entry.country == null ? null : countryCode(entry.country);
    const field = `preferred_locations.${index}`;
    if (country === undefined) {
      problems.push({ field: `${field}.country`, message: 'is no country we know by code or name' });
    } else if (city === null && country === null) {
      problems.push({ field, message: 'needs a city, a country or both' });
    }
    const place = { city, country: country ?? null };
    return { ...place, text: placeText(place) };
  });
  // The same place twice would count twice in a match.
  return [...new Map(places.map((place) => [place.text.toLowerCase(), place])).values()];
}

function contradictions({ salary_min, salary_max, experience, education, time_zone }: ProfileFacts): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (time_zone !== null && !isTimeZone(time_zone)) {
    problems.push({ field: 'time_zone', message: 'is no time zone we know by its IANA name, e.g. Europe/Berlin' });
  }
  if (salary_min !== null && salary_max !== null && salary_min > salary_max) {
    problems.push({ field: 'salary_max', message: `must be at least salary_min (${salary_min})` });
  }
  for (const [name, entries] of Object.entries({ experience, education })) {
    entries.forEach(({ start_date: start, end_date: end }, index) => {
      if (start !== null && end !== null && end !== 'present' && isBefore(end, start)) {
        const field = `${name}.${index}.end_date`;
        problems.push({ field, message: `must not be before start_date (${start})` });
      }
    });
  }
  return problems;
}

/** Compared as precisely as both are told: "2021" is not before "2021-04". */
function isBefore(end: string, start: string): boolean {
  const length = Math.min(end.length, start.length);
  return end.slice(0, length) < start.slice(0, length);
}
