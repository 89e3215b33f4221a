import type { Place } from '#contracts';

/** A place as it was typed, and as we understood it. */
export interface TypedPlace extends Place {
  text: string;
}

/** Languages whose country names we understand; ICU (part of Node) knows the names. */
const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'nl', 'pl', 'pt', 'sv'];
/** Names ICU does not have. A Map: in an object, "constructor" would be a country. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['uk', 'GB'],
  ['england', 'GB'],
  ['scotland', 'GB'],
  ['wales', 'GB'],
  ['great britain', 'GB'],
  ['usa', 'US'],
  ['u.s.a.', 'US'],
  ['u.s.', 'US'],
  ['america', 'US'],
  ['the netherlands', 'NL'],
  ['holland', 'NL'],
  ['czech republic', 'CZ'],
  ['uae', 'AE'],
  ['south korea', 'KR'],
]);
/** Codes of ISO 3166 that ICU names although they are no countries one can live in under that code. */
const NO_COUNTRIES = new Set(['EU', 'EZ', 'UN', 'XA', 'XB', 'ZZ', 'QO', 'AC', 'CP', 'CQ', 'DG', 'EA', 'IC', 'TA']);
/** "Austin, IN" may be Indiana or India: a code that is also a state of the US is not guessed at (but DE is Germany). */
const ALSO_US_STATES = new Set('AL AR AZ CA CO GA ID IL IN LA MA MD ME MN MO MS MT NC NE PA SC SD TN VA'.split(' '));
/** No place at all, but people write it into the field. */
const NOWHERE = new Set(['remote', 'anywhere', 'worldwide', 'everywhere', 'europe', 'eu']);

const countryNames = buildNames();
const englishNames = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });

/** Alpha-2 code of a country given by code or name; undefined when we do not know it. */
export function countryCode(text: string): string | undefined {
  const word = text.trim();
  if (/^[A-Za-z]{2}$/.test(word)) {
    const code = word.toUpperCase();
    return countryNames.codes.has(code) ? code : ALIASES.get(word.toLowerCase());
  }
  return countryNames.byName.get(fold(word)) ?? ALIASES.get(word.toLowerCase());
}

/** "Berlin", "Berlin, Germany", "San Francisco, CA, USA": what can be told for sure, null for the rest. */
export function parsePlace(text: string): TypedPlace {
  const parts = text
    .split(/[,;/()|]+/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const last = parts.at(-1) ?? '';
  const country = parts.length > 0 ? sureCountry(last, parts.length === 1) : undefined;
  const city = parts.find((part) => !(country !== undefined && part === last) && !NOWHERE.has(part.toLowerCase()));
  return { text, city: city ?? null, country: country ?? null };
}

function sureCountry(part: string, alone: boolean): string | undefined {
  const isCode = /^[A-Za-z]{2}$/.test(part);
  if (isCode && (ALSO_US_STATES.has(part.toUpperCase()) || (alone && part !== part.toUpperCase()))) return undefined;
  return countryCode(part);
}

/** How a place given as `{city, country}` reads. */
export function placeText({ city, country }: Place): string {
  const name = country === null ? undefined : (englishNames.of(country) ?? country);
  return [city, name].filter((part) => part != null).join(', ');
}

function buildNames(): { codes: ReadonlySet<string>; byName: ReadonlyMap<string, string> } {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const english = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
  const codes = letters
    .flatMap((first) => letters.map((second) => first + second))
    // ICU also answers withdrawn codes with their successor ("DD" → Germany); those are not codes of today.
    .filter((code) => english.of(code) !== undefined && !NO_COUNTRIES.has(code) && canonicalRegion(code) === code);
  const byName = new Map<string, string>();
  for (const language of LANGUAGES) {
    const names = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
    for (const code of codes) {
      const name = names.of(code);
      if (name !== undefined && !byName.has(fold(name))) byName.set(fold(name), code);
    }
  }
  return { codes: new Set(codes), byName };
}

function canonicalRegion(code: string): string | undefined {
  return new Intl.Locale(`und-${code}`).region;
}

function fold(name: string): string {
  return name.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().trim();
}
