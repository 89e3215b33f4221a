import { fold } from '#kernel';
import { type Place, readPlaces } from '../../places/domain/place.js';

const COUNTRY_NAMES = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });

const words = (text: string): string[] => fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];

/**
 * Every word by which a reader may name the places of a posting: its own words, the usual name of each recognised city
 * and country in lower case, and codes (DE, US-TX, EU) in upper case, so that "de" of Rio de Janeiro is not Germany.
 */
export function placeWords(locationText: string | null, places: readonly Place[]): string[] {
  const all = new Set(words(locationText ?? ''));
  for (const place of places) {
    if (place.city !== null) words(place.city).forEach((word) => all.add(word));
    if (place.country !== null) {
      all.add(place.country);
      words(COUNTRY_NAMES.of(place.country) ?? '').forEach((word) => all.add(word));
    }
    if (place.subdivision !== null) all.add(place.subdivision);
    if (place.region !== null) all.add(place.region);
  }
  return [...all];
}

/**
 * What a searched location asks for: alternatives, and all words of one of them have to be there. "München" and "Munich"
 * ask the same; a place we do not know is asked for by its words.
 */
export function wantedPlaceWords(location: string): string[][] {
  const places = readPlaces(location);
  const wanted = places.map((place) => [
    ...words(place.city ?? ''),
    ...(place.subdivision === null ? [] : [place.subdivision]),
    ...(place.country === null ? [] : [place.country]),
    ...(place.region === null ? [] : [place.region]),
  ]);
  const known = wanted.filter((one) => one.length > 0);
  if (known.length > 0) return known;
  const plain = words(location);
  return plain.length > 0 ? [plain] : [];
}
