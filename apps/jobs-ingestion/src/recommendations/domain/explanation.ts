import type { MatchExplanation } from '#contracts';
import type { MatchScore, Opening, Person } from './match-score.js';

/** What can be said to a person about a score, in words that name what is unknown. */
export interface Explained {
  skills: readonly string[];
  location: string | null;
  visa: 'yes' | 'maybe' | 'no' | 'unknown';
  opening: Opening;
}

export function explain(
  score: MatchScore,
  person: Person,
  visaNeeded: boolean | null,
  posting: Explained,
): MatchExplanation {
  const shown = new Map(posting.skills.map((skill) => [skill.toLowerCase(), skill]));
  const names = (keys: readonly string[]) => keys.map((key) => shown.get(key) ?? key);
  return {
    matching_skills: names(score.matchingSkills),
    missing_skills: names(score.missingSkills),
    location_match: describePlace(score, person, posting),
    salary_match: describeSalary(person, posting.opening),
    experience_match: describeExperience(score, person, posting.opening),
    score_breakdown: score.breakdown,
    known_weight: score.knownWeight,
    unknown: Object.entries(score.breakdown)
      .filter(([, part]) => part === null)
      .map(([factor]) => factor),
    visa: { needed: visaNeeded, verdict: posting.visa, note: describeVisa(visaNeeded, posting.visa) },
  };
}

function describePlace(score: MatchScore, person: Person, { opening, location }: Explained): string {
  if (person.places.length === 0 && person.remote === null) return 'Your profile names no place yet.';
  if (score.breakdown.location_match === null) return 'The posting does not say where the work is.';
  if (opening.remote === 'remote') {
    return location === null || /^remote$/i.test(location) ? 'Remote OK' : `Remote OK: ${location}`;
  }
  const where = location ?? 'the stated place';
  const city = opening.places.find((place) =>
    person.places.some(
      (wish) => wish.city !== null && place.city !== null && wish.city.toLowerCase() === place.city.toLowerCase(),
    ),
  )?.city;
  if (score.breakdown.location_match === 0) return `Not one of your places: ${where}`;
  return city != null ? `Perfect match: ${city}` : `Partly: ${where}`;
}

const amount = (value: number): string => Math.round(value).toLocaleString('en-US');

function describeSalary(person: Person, opening: Opening): string {
  const low = opening.salaryMin ?? opening.salaryMax;
  const high = opening.salaryMax ?? opening.salaryMin;
  if (low === null || high === null || opening.currency === null) return 'The posting states no salary.';
  const range = `${low === high ? amount(low) : `${amount(low)}–${amount(high)}`} ${opening.currency} a year`;
  const wanted = person.salaryMin ?? person.salaryMax;
  if (wanted === null || person.currency === null) return `Your profile names no salary; the posting offers ${range}.`;
  if (person.currency !== opening.currency) return `Not compared: ${range}, and your profile is in ${person.currency}.`;
  if (high < wanted) return `Below your ${amount(wanted)} ${opening.currency}: ${range}`;
  return `Within your range (${range})`;
}

function describeExperience(score: MatchScore, person: Person, opening: Opening): string {
  if (opening.level === null) return 'The posting names no level.';
  if (score.breakdown.experience_match === null)
    return `Your profile names no level; the posting asks for ${opening.level}.`;
  return person.level === opening.level ? `Your level: ${opening.level}` : `Asks for ${opening.level}.`;
}

function describeVisa(needed: boolean | null, verdict: Explained['visa']): string {
  const says = {
    yes: 'The posting offers visa sponsorship.',
    maybe: 'The posting speaks of visas without a clear promise; ask before you apply.',
    no: 'The posting refuses visa sponsorship.',
    unknown: 'The posting says nothing about visas.',
  }[verdict];
  if (needed === false) return `You need no sponsorship. ${says}`;
  return needed === null ? `Your profile does not say whether you need sponsorship. ${says}` : says;
}
