import { fold } from '#kernel';
import { readPlaces, type Place } from '../../places/domain/place.js';

export interface JobLocation {
  places: readonly Place[];
  /** Words of the location that name a place; words like "remote" are not among them. */
  words: ReadonlySet<string>;
}

/** Longer lists are how boards write "anywhere"; only the beginning of them is read. */
const MANY = 12;
/** Some boards show "Anywhere in the World" and put the employer's own location in front of the text. */
const LABEL = /^\s*(?:headquarters|(?:job |office )?locations?|standort|arbeitsort|lieu|ubicacion)\s*:\s*/i;
const LABEL_WORDS = 14;

const NOT_A_PLACE = new Set(
  'remote hybrid onsite on site anywhere in the world worldwide flexible office home or and of select locations all only based friendly global us usa'.split(
    ' ',
  ),
);

export function jobLocation(locationText: string | null, descriptionText: string, stated: string | null): JobLocation {
  const places = readPlaces(locationText);
  if (places.length === 0 && stated !== null)
    places.push({ city: null, subdivision: null, country: stated, region: null });
  const known = places.length >= MANY ? [] : places.filter((place) => place.region !== 'WORLD');
  return {
    places: known.length > 0 ? known : placesInLabel(descriptionText),
    words: new Set((fold(locationText ?? '').match(/[\p{L}]{2,}/gu) ?? []).filter((word) => !NOT_A_PLACE.has(word))),
  };
}

/** The text may run on behind the label without a break: take as many words as still name more places. */
function placesInLabel(text: string): readonly Place[] {
  const label = LABEL.exec(text.slice(0, 60));
  if (!label) return [];
  const words = text.slice(label[0].length, label[0].length + 200).split(/ (?=\S)/);
  let best: readonly Place[] = [];
  for (let count = 1; count <= Math.min(LABEL_WORDS, words.length); count++) {
    const places = readPlaces(words.slice(0, count).join(' ')).filter((place) => place.region !== 'WORLD');
    if (places.length > best.length || isFiner(places, best)) best = places;
  }
  return best;
}

const isFiner = (places: readonly Place[], than: readonly Place[]): boolean =>
  places.length > 0 &&
  places.length === than.length &&
  places.filter((place) => place.country !== null).length > than.filter((place) => place.country !== null).length;

/** Where each area may be, for "EMEA" on one board and a country on the other. */
const EU = 'AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE NO IS LI CH GB';
const AREAS: Readonly<Record<string, ReadonlySet<string>>> = Object.fromEntries(
  Object.entries({
    EU,
    EMEA: `${EU} RS BA MK ME AL UA MD TR IL AE SA QA KW BH OM JO EG MA TN ZA NG KE GH RW UG TZ ET SN`,
    DACH: 'DE AT CH',
    NORDICS: 'SE NO DK FI IS',
    BENELUX: 'NL BE LU',
    BALTICS: 'EE LV LT',
    AMERICAS: 'US CA MX BR AR CL CO PE UY EC BO PY VE CR PA GT SV DO PR JM HN NI',
    LATAM: 'MX BR AR CL CO PE UY EC BO PY VE CR PA GT SV DO PR HN NI',
    APAC: 'IN SG JP CN TW KR VN TH MY ID PH PK BD LK NP HK AU NZ',
    AFRICA: 'ZA NG KE GH RW UG TZ ET SN EG MA TN DZ CM CI ZM ZW MU',
    MENA: 'AE SA QA KW BH OM JO LB IL EG MA TN DZ IQ',
  }).map(([area, countries]) => [area, new Set(countries.split(' '))]),
);

export type LocationRelation = 'same' | 'within' | 'compatible' | 'different';

/**
 * `same`: a place in common, down to the city where both name one. `within`: the country of one is where the city of
 * the other lies. `compatible`: one side does not say, or only names a continent. `different`: both say, and it is not
 * the same place.
 */
export function relateLocations(a: JobLocation, b: JobLocation): LocationRelation {
  if (a.places.length === 0 || b.places.length === 0) return relateWords(a, b);
  let best: LocationRelation = 'different';
  for (const left of a.places) {
    for (const right of b.places) {
      const relation = relatePlaces(left, right);
      if (relation === 'same') return 'same';
      if (RANK[relation] > RANK[best]) best = relation;
    }
  }
  return best;
}

const RANK: Readonly<Record<LocationRelation, number>> = { different: 0, compatible: 1, within: 2, same: 3 };

function relatePlaces(a: Place, b: Place): LocationRelation {
  if (a.country === null || b.country === null) {
    const area = AREAS[a.region ?? b.region ?? ''];
    const country = a.country ?? b.country;
    if (country === null) return a.region === b.region ? 'same' : 'different';
    return area?.has(country) === true ? 'compatible' : 'different';
  }
  if (a.country !== b.country) return 'different';
  if (a.subdivision !== null && b.subdivision !== null && a.subdivision !== b.subdivision) return 'different';
  if (a.city === b.city) return 'same';
  return a.city === null || b.city === null ? 'within' : 'different';
}

/** Towns the gazetteer lacks: equal words are the same place, words in common may be, other words are another place. */
function relateWords(a: JobLocation, b: JobLocation): LocationRelation {
  if (a.places.length !== b.places.length) return namesCityOf(a, b) || namesCityOf(b, a) ? 'same' : 'compatible';
  if (a.words.size === 0 || b.words.size === 0) return a.words.size === b.words.size ? 'same' : 'compatible';
  const common = [...a.words].filter((word) => b.words.has(word)).length;
  if (common === Math.max(a.words.size, b.words.size)) return 'same';
  return common > 0 ? 'compatible' : 'different';
}

/** "Weimar" beside "Weimar, Germany": without the country we do not know it, but it is the town the other names. */
const namesCityOf = (unknown: JobLocation, known: JobLocation): boolean =>
  unknown.places.length === 0 &&
  unknown.words.size > 0 &&
  known.places.length === 1 &&
  [...unknown.words].join(' ') === fold(known.places[0]?.city ?? '');

/** Comparable form of the places for the fingerprint. */
export const locationKey = ({ places, words }: JobLocation): string =>
  (places.length > 0
    ? places.map((place) => `${place.country ?? place.region ?? ''}/${place.city ?? place.subdivision ?? ''}`)
    : [...words]
  )
    .sort()
    .join(' ');
