import { COUNTRY_OF, countryCodeOf, fold, REGIONS } from '#kernel';
import { CITY_ROWS, type City } from './cities.js';
import { subdivisionByCode, subdivisionByName, type Subdivision } from './subdivisions.js';

/** One place a posting names. What is not known is null; `region` is an area of several countries (EU, LATAM, WORLD). */
export interface Place {
  city: string | null;
  /** Comparable code of a state or province, e.g. `US-TX`. */
  subdivision: string | null;
  /** ISO-3166 alpha-2. */
  country: string | null;
  region: string | null;
}

const CITIES: ReadonlyMap<string, City> = new Map(
  CITY_ROWS.flatMap(([country, spellings]) => {
    const city = { name: spellings[0] ?? '', country };
    return spellings.map((spelling) => [fold(spelling), city] as const);
  }),
);
/** City names that exist twice with the same weight: the right one needs a country or state behind it. */
const CITIES_BY_COUNTRY: ReadonlyMap<string, City> = new Map(
  CITY_ROWS.flatMap(([country, spellings]) => {
    const city = { name: spellings[0] ?? '', country };
    return spellings.map((spelling) => [`${country}:${fold(spelling)}`, city] as const);
  }),
);

/** Words around a place that are not part of it. */
const MODE_WORDS =
  /\b(?:fully remote|remote[- ]friendly|remote|hybrid|on-?site|in-office|home ?office|office|hq|headquarters|based|only|preferred|optional|possible|flexible|full[- ]?time|area|metropolitan|metro|region|greater|anywhere in|within|the|residents?|timezones?|hours|all locations|select locations|dnu|eligible|100%|teilweise|bundesweit|deutschlandweit|vor ort|in)\b/g;
const POSTCODE = /\b(?:[a-z]{0,2}-?\d{4,6}|\d{5}-\d{4})\b/g;
const MAX_PLACES = 12;
const MAX_TEXT = 600;

/**
 * Reads a location as job sources write it: "Berlin, Germany", "Austin, TX", "Remote - EU", "Paris; Lyon",
 * "San Francisco or Remote (U.S.)", "Bendlerstr. 5, 10785 Berlin". Never guesses: a town it does not know yields its
 * state or country if one stands behind it, else nothing.
 */
export function readPlaces(text: string | null): Place[] {
  if (text === null) return [];
  const places: Place[] = [];
  for (const group of splitGroups(text.slice(0, MAX_TEXT))) {
    for (const place of readGroup(group)) {
      if (!places.some((known) => samePlace(known, place))) places.push(place);
      if (places.length === MAX_PLACES) return places;
    }
  }
  return withoutVaguer(places);
}

/** Separators between places. A comma is one only when both sides are whole places (see readGroup). */
const splitGroups = (text: string): string[] =>
  text
    .replace(/[()[\]]/g, ' ; ')
    .replace(/\bwashington,?\s+d\.?c\b\.?/gi, 'Washington DC')
    .split(/\s*(?:[;|•\n]|\/(?!m\b)|\bor\b|\band\b|\boder\b|\bund\b|\bou\b|\s&\s|\s\+\s)\s*/i)
    .flatMap((part) => part.split(/\s+[-–—:]\s+|:\s+/))
    .filter((part) => part.trim() !== '');

interface Part {
  raw: string;
  folded: string;
}

function readGroup(group: string): Place[] {
  const parts: Part[] = group
    .split(',')
    .map((raw) => ({ raw: raw.trim(), folded: clean(raw) }))
    .filter((part) => part.folded !== '');
  dropForeignSubdivision(parts);
  const found: Place[] = [];
  let index = 0;
  while (index < parts.length) {
    const [place, used] = readAt(parts, index);
    if (place) found.push(place);
    index += used;
  }
  return found;
}

/**
 * "Schweinfurt, BY, Germany", "Medellin, Antioquia, Colombia": between a town and its country stands a part of the
 * country. When it is none known here it must not be read as Belarus, or as a town.
 */
function dropForeignSubdivision(parts: Part[]): void {
  const [first, middle, last] = parts;
  if (!first || !middle || !last || parts.length !== 3) return;
  const country = countryAt(last);
  if (country === null || subdivisionAt(middle)?.country === country) return;
  const isCode = /^[A-Z]{2,3}$/.test(middle.raw);
  const isKnown = CITIES.has(middle.folded) || COUNTRY_OF.has(middle.folded) || REGIONS.has(middle.folded);
  if (isCode ? countryAt(first) === null : !isKnown) parts.splice(1, 1);
}

function clean(raw: string): string {
  const folded = fold(raw).replace(/\s+/g, ' ').trim();
  if (COUNTRY_OF.has(folded) || CITIES.has(folded) || REGIONS.has(folded)) return folded;
  return folded
    .replace(POSTCODE, ' ')
    .replace(MODE_WORDS, ' ')
    .replace(/^[\s\-–.,:]+|[\s\-–,:]+$/g, '')
    .replace(/\s+/g, ' ');
}

/** The place that starts at `index`, and how many comma parts it took. */
function readAt(parts: readonly Part[], index: number): [Place | null, number] {
  const here = parts[index];
  if (!here) return [null, 1];
  const next = parts[index + 1];
  const [qualifier, taken] = next ? qualifierAt(parts, index + 1) : [null, 0];
  const city = cityOf(here.folded, qualifier);
  if (city && (!qualifier || qualifier.country === city.country)) {
    return [
      { ...blank, city: city.name, country: city.country, subdivision: qualifier?.subdivision ?? null },
      1 + taken,
    ];
  }
  // The state stands before its country, the country before other countries; alone it may be either.
  if (here.folded === 'georgia' && qualifier?.subdivision === null) {
    return qualifier.country === 'US' ? [{ ...blank, ...GEORGIA_US }, 1 + taken] : [{ ...blank, country: 'GE' }, 1];
  }
  const self = qualifierAt(parts, index)[0];
  // "Ontario, Canada": a state in front of its country.
  if (self)
    return [{ ...blank, ...self }, self.subdivision !== null && qualifier?.country === self.country ? 1 + taken : 1];
  const region = REGIONS.get(here.folded);
  if (region !== undefined) return [{ ...blank, region }, 1];
  if (qualifier) {
    // A town the gazetteer lacks, but with its state or country behind it: "Molbergen, Germany", "Lockhart, TX".
    const town = looksLikeTown(here) ? here.raw.replace(POSTCODE, '').trim() : null;
    return [{ ...blank, ...qualifier, city: town === '' ? null : town }, 1 + taken];
  }
  const inside = cityInside(here.folded);
  return [inside ? { ...blank, city: inside.name, country: inside.country } : null, 1];
}

const blank: Place = { city: null, subdivision: null, country: null, region: null };

const GEORGIA_US = { country: 'US', subdivision: 'US-GA' } as const;

type Qualifier = Pick<Place, 'country' | 'subdivision'>;

/** A state and/or country at this part: "TX", "Texas, United States", "Germany", "DE". */
function qualifierAt(parts: readonly Part[], index: number): [Qualifier | null, number] {
  const part = parts[index];
  if (!part) return [null, 0];
  const subdivision = statedSubdivision(parts, index);
  const following = parts[index + 1];
  if (subdivision && !isAmbiguousAlone(part, index)) {
    const country = following ? countryAt(following) : null;
    const together = country === subdivision.country ? 2 : 1;
    return [{ country: subdivision.country, subdivision: subdivision.key }, together];
  }
  const country = countryAt(part);
  return country === null ? [null, 0] : [{ country, subdivision: null }, 1];
}

/** "Georgia", "New York" and "CA" standing first may be the state, the country or the city. */
const isAmbiguousAlone = (part: Part, index: number): boolean =>
  index === 0 && (countryCodeOf(part.raw, '') !== null || part.folded === 'georgia' || CITIES.has(part.folded));

/** "Berlin, DE" is not in Delaware and "Toronto, CA" not in California: a city known in the country decides. */
function statedSubdivision(parts: readonly Part[], index: number): Subdivision | undefined {
  const part = parts[index];
  if (!part) return undefined;
  const before = parts[index - 1];
  const country = part.raw.length === 2 && before ? countryCodeOf(part.raw, '') : null;
  return country !== null && before && CITIES_BY_COUNTRY.has(`${country}:${before.folded}`)
    ? undefined
    : subdivisionAt(part);
}

function subdivisionAt(part: Part): Subdivision | undefined {
  const code = part.raw.replace(/\s*\d[\d-]*$/, '').replace(/^(US|CA)-(?=[A-Z]{2}$)/, '');
  return (/^[A-Z]{2,3}$/.test(code) ? subdivisionByCode(code) : undefined) ?? subdivisionByName(part.folded);
}

function countryAt(part: Part): string | null {
  if (part.folded === 'georgia') return null;
  if (part.folded.length === 2 && part.raw !== part.raw.toUpperCase()) return COUNTRY_OF.get(part.folded) ?? null;
  return countryCodeOf(part.folded.length === 2 ? part.folded : part.raw, part.folded) ?? prefixedCountry(part.folded);
}

/** "us-remote", "remote-us", "remote us", "remote uk&i". */
const prefixedCountry = (folded: string): string | null =>
  COUNTRY_OF.get(folded.replace(/&.*$/, '').replace(/^[\s-]+|[\s-]+$/g, '')) ?? null;

const cityOf = (folded: string, qualifier: Qualifier | null): City | undefined =>
  (qualifier?.country != null ? CITIES_BY_COUNTRY.get(`${qualifier.country}:${folded}`) : undefined) ??
  CITIES.get(folded) ??
  CITIES.get(folded.replace(/^[a-z]{2}-/, ''));

/** A known city inside a street address or a phrase: "Dircksenstrasse 47 10178 berlin", "on site in stockholm". */
function cityInside(folded: string): City | undefined {
  const words = folded
    .replace(/[^\p{L}\s'.-]/gu, ' ')
    .trim()
    .split(/\s+/);
  if (words.length > 12) return undefined;
  for (let size = 3; size >= 1; size--) {
    for (let end = words.length; end >= size; end--) {
      const name = words.slice(end - size, end).join(' ');
      const city = name.length >= 4 ? CITIES.get(name) : undefined;
      if (city) return city;
    }
  }
  return undefined;
}

const looksLikeTown = (part: Part): boolean =>
  /^[\p{Lu}][\p{L}'’.\- ]{1,39}$/u.test(part.raw.replace(POSTCODE, '').trim()) &&
  !/^[A-Z]{1,4}$/.test(part.raw) &&
  part.folded.split(' ').length <= 4 &&
  part.folded === fold(part.raw.replace(POSTCODE, '')).trim();

/** Whether one folded word is by itself the name of a place. */
export const isPlaceWord = (word: string): boolean => CITIES.has(word) || COUNTRY_OF.has(word) || REGIONS.has(word);

const samePlace = (a: Place, b: Place): boolean =>
  a.city === b.city && a.country === b.country && a.subdivision === b.subdivision && a.region === b.region;

/** "Berlin" beside "Berlin, Germany", or "Germany" beside "Berlin, Germany": the fuller one says it all. */
const withoutVaguer = (places: readonly Place[]): Place[] =>
  places.filter(
    (place) =>
      !places.some(
        (other) =>
          other !== place &&
          (place.city === null ? other.city !== null || other.subdivision !== null : other.subdivision !== null) &&
          place.subdivision === null &&
          (place.city === null || place.city === other.city) &&
          place.country !== null &&
          place.country === other.country,
      ),
  );

/** A country field apart from the location text: code or name in any of the known languages. */
export const readCountry = (value: string | null): string | null =>
  value === null ? null : countryCodeOf(value, fold(value).trim());

export interface MainPlace {
  city: string | null;
  country: string | null;
}

/** City and country to filter by; null where several places disagree. */
export function mainPlace(places: readonly Place[], statedCountry: string | null): MainPlace {
  const countries = new Set(places.map((place) => place.country).filter((country) => country !== null));
  const cities = new Set(places.map((place) => place.city).filter((city) => city !== null));
  const country = countries.size === 1 ? ([...countries][0] ?? null) : countries.size === 0 ? statedCountry : null;
  // The first of several cities is the main one by every source's convention, as long as they share a country.
  const city =
    cities.size >= 1 && countries.size <= 1 ? (places.find((place) => place.city !== null)?.city ?? null) : null;
  return { city, country };
}
