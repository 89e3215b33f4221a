import { describe, expect, it } from '@jest/globals';
import { CITY_ROWS } from './cities.js';
import { mainPlace, readCountry, readPlaces } from './place.js';

/** `city,subdivision,country,region` with dashes for null. */
const brief = (text: string): string =>
  readPlaces(text)
    .map((p) => [p.city, p.subdivision, p.country, p.region].map((value) => value ?? '-').join(','))
    .join(' ; ');

describe('reading places', () => {
  it.each([
    ['Berlin', 'Berlin,-,DE,-'],
    ['München', 'Munich,-,DE,-'],
    ['Munich, Bavaria, Germany', 'Munich,DE-bavaria,DE,-'],
    ['Frankfurt am Main', 'Frankfurt,-,DE,-'],
    ['Warszawa, Polska', 'Warsaw,-,PL,-'],
    ['Köln, Deutschland', 'Cologne,-,DE,-'],
    ['Wien, Österreich', 'Vienna,-,AT,-'],
    ['Austin, TX', 'Austin,US-TX,US,-'],
    ['Lockhart, TX', 'Lockhart,US-TX,US,-'],
    ['Atlanta, Georgia', 'Atlanta,US-GA,US,-'],
    ['Cambridge, MA', 'Cambridge,US-MA,US,-'],
    ['Cambridge', 'Cambridge,-,GB,-'],
    ['London, ON', 'London,CA-ON,CA,-'],
    ['London, Ontario, Canada', 'London,CA-ON,CA,-'],
    ['Paris, TX', 'Paris,US-TX,US,-'],
    ['San Francisco, CA 94105', 'San Francisco,US-CA,US,-'],
    ['Sunnyvale, CA, US', 'Sunnyvale,US-CA,US,-'],
    ['San Jose, California, United States', 'San Jose,US-CA,US,-'],
    ['Fremont, US-CA', 'Fremont,US-CA,US,-'],
    ['Toronto, Canada', 'Toronto,-,CA,-'],
    ['Remote - EU', '-,-,-,EU'],
    ['Remote - US', '-,-,US,-'],
    ['Remote-US', '-,-,US,-'],
    ['US-Remote', '-,-,US,-'],
    ['Remote Poland', '-,-,PL,-'],
    ['Remote, Italy', '-,-,IT,-'],
    ['Remote - Ontario', '-,CA-ON,CA,-'],
    ['Remote - Ontario, Canada (DNU)', '-,CA-ON,CA,-'],
    ['Anywhere in the World', '-,-,-,WORLD'],
    ['Worldwide', '-,-,-,WORLD'],
    ['Flexible / Remote', ''],
    ['Remote', ''],
    ['San Francisco or Remote (U.S.)', 'San Francisco,-,US,-'],
    ['Dublin, Ireland; Paris, France', 'Dublin,-,IE,- ; Paris,-,FR,-'],
    ['France, Remote; Germany, Remote', '-,-,FR,- ; -,-,DE,-'],
    ['Georgia, Lithuania, Poland', '-,-,GE,- ; -,-,LT,- ; -,-,PL,-'],
    ['US-Remote, Chicago, Seattle', 'Chicago,-,US,- ; Seattle,-,US,-'],
    ['Dircksenstraße 47, 10178 Berlin, Germany', 'Berlin,-,DE,-'],
    ['Molbergen', ''],
    ['Molbergen, Germany', 'Molbergen,-,DE,-'],
    ['On-site in Stockholm, Sweden', 'Stockholm,-,SE,-'],
    ['Amsterdam, The Netherlands', 'Amsterdam,-,NL,-'],
    ['Hybrid - San Francisco, New York City, Austin', 'San Francisco,-,US,- ; New York,-,US,- ; Austin,-,US,-'],
    ['New York, NY', 'New York,US-NY,US,-'],
    ['Washington, DC', 'Washington DC,-,US,-'],
    ['Remote-UK&I', '-,-,GB,-'],
    ['Berlin, DE', 'Berlin,-,DE,-'],
    ['Toronto, CA', 'Toronto,-,CA,-'],
    ['San Jose, CA', 'San Jose,US-CA,US,-'],
    ['Schweinfurt, BY, Germany', 'Schweinfurt,-,DE,-'],
    ['Leipzig, SN, Germany', 'Leipzig,-,DE,-'],
    ['Medellin, Antioquia, Colombia', 'Medellín,-,CO,-'],
    ['US-San Francisco, US-New York', 'San Francisco,-,US,- ; New York,-,US,-'],
    ['Remote - MI', '-,US-MI,US,-'],
    ['', ''],
  ])('%s', (text, expected) => {
    expect(brief(text)).toBe(expected);
  });

  it('knows at least four hundred cities, none of them spelt twice', () => {
    const names = CITY_ROWS.map(([country, [name]]) => `${country}:${name}`);
    expect(names.length).toBeGreaterThanOrEqual(400);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each([
    ['DE', 'DE'],
    ['de', 'DE'],
    ['UK', 'GB'],
    ['EL', 'GR'],
    ['Deutschland', 'DE'],
    ['USA', 'US'],
    ['Narnia', null],
  ])('reads the country field %s', (value, code) => {
    expect(readCountry(value)).toBe(code);
  });

  it('names no single country when the places lie in several', () => {
    expect(mainPlace(readPlaces('Dublin, Ireland; Paris, France'), null)).toEqual({ city: null, country: null });
    expect(mainPlace(readPlaces('Germany, Spain'), 'SE')).toEqual({ city: null, country: null });
    expect(mainPlace(readPlaces('Paris; Lyon'), null)).toEqual({ city: 'Paris', country: 'FR' });
    expect(mainPlace(readPlaces('Remote'), 'SE')).toEqual({ city: null, country: 'SE' });
  });
});
