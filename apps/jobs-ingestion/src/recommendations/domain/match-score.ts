/**
 * How well a posting fits a person, 0 to 100, as a sum of named parts that add up exactly.
 *
 * Weights are shares of what is known: a posting without a salary is neither punished nor rewarded for it, its other
 * parts count for more. Company culture and growth are listed as unknown because nothing we store tells about them.
 */
export const FACTORS = [
  'skill_match',
  'location_match',
  'experience_match',
  'salary_match',
  'company_culture',
  'growth_potential',
  'recency',
] as const;
export type Factor = (typeof FACTORS)[number];

export const WEIGHTS: Readonly<Record<Factor, number>> = {
  skill_match: 40,
  location_match: 20,
  experience_match: 15,
  salary_match: 10,
  company_culture: 5,
  growth_potential: 5,
  recency: 5,
};

/** Rungs by seniority. Leading people stands beside the ladder of those who do not. */
const RUNG = {
  internship: -1,
  entry: 0,
  junior: 1,
  mid: 2,
  senior: 3,
  lead: 4,
  manager: 4,
  staff: 5,
  principal: 6,
  director: 6,
  executive: 7,
} as const;
export type Level = keyof typeof RUNG;
export const LEVELS = Object.keys(RUNG) as Level[];
export type RemoteMode = 'remote' | 'hybrid' | 'onsite';

export interface Person {
  skillKeys: readonly string[];
  level: Level | null;
  years: number | null;
  places: readonly { city: string | null; country: string | null }[];
  remote: RemoteMode | 'any' | null;
  /** Yearly, major units of `currency`. */
  salaryMin: number | null;
  salaryMax: number | null;
  currency: string | null;
}

export interface Opening {
  skillKeys: readonly string[];
  level: Level | null;
  places: readonly { city: string | null; country: string | null }[];
  remote: RemoteMode | null;
  /** Yearly, major units of `currency`. */
  salaryMin: number | null;
  salaryMax: number | null;
  currency: string | null;
  /** Days since it was posted; null when the source does not say. */
  ageDays: number | null;
}

export interface MatchScore {
  score: number;
  /** Contribution of each factor to the score, in points; null where it is unknown. They add up to the score. */
  breakdown: Record<Factor, number | null>;
  /** Share of the full weight (0 to 1) that could be judged at all. */
  knownWeight: number;
  matchingSkills: string[];
  missingSkills: string[];
}

/**
 * Share of the weight that has to be known for a score to be compared with others: a posting of which only the place is
 * known would be at 100 and above all that really fit.
 */
export const WELL_FOUNDED = 0.5;

/** Skills beyond this many matches do not make a fit better. */
const ENOUGH_SKILLS = 5;
const RECENCY_HALF_LIFE_DAYS = 7;

export function matchScore(person: Person, opening: Opening): MatchScore {
  const owned = new Set(person.skillKeys);
  const matchingSkills = opening.skillKeys.filter((skill) => owned.has(skill));
  const missingSkills = opening.skillKeys.filter((skill) => !owned.has(skill));
  const fits: Record<Factor, number | null> = {
    skill_match: owned.size === 0 ? null : skillFit(matchingSkills.length, opening.skillKeys.length),
    location_match: locationFit(person, opening),
    experience_match: experienceFit(person, opening.level),
    salary_match: salaryFit(person, opening),
    company_culture: null,
    growth_potential: null,
    recency: opening.ageDays === null ? null : 100 * 0.5 ** (Math.max(0, opening.ageDays) / RECENCY_HALF_LIFE_DAYS),
  };
  return { ...addUp(fits), matchingSkills, missingSkills };
}

/**
 * In tenths of a point, so that the parts add up to the score without a remainder: the score is rounded once, its parts
 * are rounded down, and the tenths that are left go to the parts that lost most by it.
 */
function addUp(fits: Record<Factor, number | null>): Pick<MatchScore, 'score' | 'breakdown' | 'knownWeight'> {
  const known = FACTORS.reduce((sum, factor) => sum + (fits[factor] === null ? 0 : WEIGHTS[factor]), 0);
  const parts = FACTORS.flatMap((factor) => {
    const fit = fits[factor];
    return fit === null ? [] : [{ factor, exact: (fit * WEIGHTS[factor] * 10) / known }];
  });
  const tenths = Math.round(parts.reduce((sum, part) => sum + part.exact, 0));
  const whole = parts.map((part) => ({ ...part, floor: Math.floor(part.exact) }));
  let left = tenths - whole.reduce((sum, part) => sum + part.floor, 0);
  const breakdown = Object.fromEntries(FACTORS.map((factor) => [factor, null])) as Record<Factor, number | null>;
  for (const part of whole.sort((a, b) => b.exact - b.floor - (a.exact - a.floor))) {
    breakdown[part.factor] = (part.floor + (left > 0 ? 1 : 0)) / 10;
    left -= 1;
  }
  return { score: tenths / 10, breakdown, knownWeight: known / 100 };
}

/**
 * Mostly the share of what is asked, partly how much that is: one skill of one says less than six of six. What a person
 * knows beyond the posting never counts against them.
 */
function skillFit(matched: number, asked: number): number | null {
  if (asked === 0) return null;
  return 80 * (matched / asked) + 20 * (Math.min(matched, ENOUGH_SKILLS) / ENOUGH_SKILLS);
}

function locationFit(person: Person, opening: Opening): number | null {
  const known = [placeFit(person, opening), modeFit(person.remote, opening.remote)].filter((fit) => fit !== null);
  // The worse of the two: the right city does not help whom the office does not suit.
  return known.length === 0 ? null : Math.min(...known);
}

function placeFit(person: Person, opening: Opening): number | null {
  if (person.places.length === 0) return null;
  const countries = new Set(person.places.map((place) => place.country).filter((country) => country !== null));
  const stated = opening.places.filter((place) => place.country !== null || place.city !== null);
  if (opening.remote === 'remote') {
    // Remote is often bound to a country; without one stated it may be done from anywhere.
    const bound = stated.filter((place) => place.country !== null);
    if (bound.length === 0 || countries.size === 0) return 100;
    return bound.some((place) => place.country !== null && countries.has(place.country)) ? 100 : 50;
  }
  if (stated.length === 0) return null;
  let best = 0;
  for (const place of stated) {
    for (const wish of person.places) {
      const sameCountry = wish.country !== null && wish.country === place.country;
      const countryAgrees = sameCountry || wish.country === null || place.country === null;
      if (wish.city === null) best = Math.max(best, sameCountry ? 100 : 0);
      else if (place.city !== null && cityKey(wish.city) === cityKey(place.city) && countryAgrees) return 100;
      else best = Math.max(best, sameCountry ? 60 : 0);
    }
  }
  return best;
}

const cityKey = (city: string): string =>
  city
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .trim();

const MODE_FIT: Readonly<Record<RemoteMode, Readonly<Record<RemoteMode, number>>>> = {
  remote: { remote: 100, hybrid: 40, onsite: 0 },
  hybrid: { remote: 100, hybrid: 100, onsite: 50 },
  onsite: { remote: 50, hybrid: 100, onsite: 100 },
};

function modeFit(wish: Person['remote'], offered: Opening['remote']): number | null {
  if (wish === null || wish === 'any' || offered === null) return null;
  return MODE_FIT[wish][offered];
}

function experienceFit(person: Person, asked: Level | null): number | null {
  const level = person.level ?? levelOfYears(person.years);
  if (level === null || asked === null) return null;
  const distance = Math.abs(RUNG[level] - RUNG[asked]);
  return Math.max(25, 100 - 25 * distance);
}

function levelOfYears(years: number | null): Level | null {
  if (years === null) return null;
  if (years >= 8) return 'senior';
  if (years >= 4) return 'mid';
  return years >= 1 ? 'junior' : 'entry';
}

/** Full when the offer reaches what the person asks; below it, less by the share that is missing. */
function salaryFit(person: Person, opening: Opening): number | null {
  const wanted = person.salaryMin ?? person.salaryMax;
  const offered = opening.salaryMax ?? opening.salaryMin;
  if (wanted === null || wanted <= 0 || offered === null) return null;
  // Amounts in different currencies are not comparable without a dated rate.
  if (person.currency === null || person.currency !== opening.currency) return null;
  if (offered >= wanted) return 100;
  return Math.max(0, 100 - (100 * (wanted - offered)) / wanted);
}
