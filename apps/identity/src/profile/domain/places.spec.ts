import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countryCode, parsePlace, placeText } from './places.js';

describe('places', () => {
  it.each([
    ['Berlin', 'Berlin', null],
    ['Berlin, Germany', 'Berlin', 'DE'],
    ['München, Deutschland', 'München', 'DE'],
    ['Paris / France', 'Paris', 'FR'],
    ['London, UK', 'London', 'GB'],
    ['Berlin, DE', 'Berlin', 'DE'],
    ['Berlin (Germany)', 'Berlin', 'DE'],
    ['San Francisco, CA, USA', 'San Francisco', 'US'],
    ['Germany', null, 'DE'],
    ['DE', null, 'DE'],
    ['Côte d’Ivoire', null, 'CI'],
    ['The Netherlands', null, 'NL'],
    ['Remote, Spain', null, 'ES'],
    ['Remote', null, null],
  ])('understands %j', (text, city, country) => {
    expect(parsePlace(text)).toEqual({ text, city, country });
  });

  it('does not guess whether two letters are a state of the US or a country', () => {
    expect(parsePlace('San Francisco, CA')).toEqual({
      text: 'San Francisco, CA',
      city: 'San Francisco',
      country: null,
    });
    expect(parsePlace('Portland, ME').country).toBeNull();
  });

  it('does not take a word of two letters for a country', () => {
    expect(parsePlace('No').country).toBeNull();
    expect(parsePlace('Atlantis, Nowhereland')).toMatchObject({ city: 'Atlantis', country: null });
  });

  it('knows countries by code and by name in several languages, and nothing that is no country', () => {
    expect(['de', 'DE', 'Germany', 'Allemagne', 'Niemcy', 'Tyskland'].map(countryCode)).toEqual(Array(6).fill('DE'));
    expect(['EU', 'ZZ', 'UN', 'DD', 'QO', 'Europe', ''].map(countryCode)).toEqual(Array(7).fill(undefined));
  });

  it('keeps what was typed, and never answers anything but a code of two letters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 160 }), (text) => {
        const place = parsePlace(text);
        expect(place.text).toBe(text);
        expect(place.country ?? 'XX').toMatch(/^[A-Z]{2}$/);
        expect(place.city ?? 'x').not.toBe('');
      }),
    );
  });

  it('writes a place so that reading it gives the same place', () => {
    for (const country of ['DE', 'SE', 'GB', 'NL', 'CH']) {
      const place = { city: 'Sometown', country };
      expect(parsePlace(placeText(place))).toMatchObject(place);
    }
    expect(placeText({ city: null, country: 'DE' })).toBe('Germany');
  });
});
