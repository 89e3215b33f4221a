import { COUNTRY_OF, fold } from '#kernel';
import { CITY_ROWS } from './cities.js';

/** Keys of places by every spelling we know: `DE` of a country, `DE:Munich` of a city. */
const SPELLINGS: readonly (readonly [folded: string, key: string])[] = [
  ...[...COUNTRY_OF].map(([name, code]) => [name, code] as const),
  ...CITY_ROWS.flatMap(([country, [name = '', ...others]]) =>
    [name, ...others].map((spelling) => [fold(spelling), placeKey(country, name)] as const),
  ),
];

export function placeKey(country: string, city: string | null): string {
  return city === null ? country : `${country}:${city}`;
}

/** Which places somebody may be typing, in any of their languages: "mün" and "mun" begin Munich. */
export function placesBeginningWith(typed: string): string[] {
  const beginning = fold(typed.trim());
  return [...new Set(SPELLINGS.filter(([spelling]) => spelling.startsWith(beginning)).map(([, key]) => key))];
}
