import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { diversify } from './diversify.js';
import { explain, type Explained } from './explanation.js';
import { matchScore, type Opening, type Person } from './match-score.js';

const person: Person = {
  skillKeys: ['typescript'],
  level: 'senior',
  years: null,
  places: [{ city: 'Berlin', country: 'DE' }],
  remote: null,
  salaryMin: 70_000,
  salaryMax: null,
  currency: 'EUR',
};
const opening: Opening = {
  skillKeys: ['typescript', 'c++'],
  level: 'mid',
  places: [{ city: 'Berlin', country: 'DE' }],
  remote: null,
  salaryMin: 60_000,
  salaryMax: 80_000,
  currency: 'EUR',
  ageDays: 1,
};
const posting: Explained = { skills: ['TypeScript', 'C++'], location: 'Berlin, Germany', visa: 'unknown', opening };
const explained = (wish: Partial<Person> = {}, offer: Partial<Opening> = {}, more: Partial<Explained> = {}) => {
  const someone = { ...person, ...wish };
  const something = { ...opening, ...offer };
  return explain(matchScore(someone, something), someone, true, { ...posting, ...more, opening: something });
};

describe('explain', () => {
  it('names skills as the posting writes them', () => {
    expect(explained()).toMatchObject({ matching_skills: ['TypeScript'], missing_skills: ['C++'] });
  });

  it.each<[string, Partial<Person>, Partial<Opening>, string]>([
    ['inside the range', {}, {}, 'Within your range (60,000–80,000 EUR a year)'],
    ['below it', {}, { salaryMin: 50_000, salaryMax: 60_000 }, 'Below your 70,000 EUR: 50,000–60,000 EUR a year'],
    [
      'in another currency',
      {},
      { currency: 'GBP' },
      'Not compared: 60,000–80,000 GBP a year, and your profile is in EUR.',
    ],
    ['unknown', {}, { salaryMin: null, salaryMax: null }, 'The posting states no salary.'],
    [
      'not wished',
      { salaryMin: null },
      {},
      'Your profile names no salary; the posting offers 60,000–80,000 EUR a year.',
    ],
  ])('says how the salary is: %s', (_name, wish, offer, words) => {
    expect(explained(wish, offer).salary_match).toBe(words);
  });

  it('says what is unknown instead of guessing', () => {
    const { unknown, location_match: place, visa } = explained({}, { places: [], level: null }, { location: null });
    expect(unknown).toEqual(['location_match', 'experience_match', 'company_culture', 'growth_potential']);
    expect(place).toBe('The posting does not say where the work is.');
    expect(visa).toEqual({ needed: true, verdict: 'unknown', note: 'The posting says nothing about visas.' });
  });

  it('calls the wished city a perfect match and another place what it is', () => {
    expect(explained().location_match).toBe('Perfect match: Berlin');
    expect(explained({}, { places: [{ city: 'Paris', country: 'FR' }] }, { location: 'Paris' }).location_match).toBe(
      'Not one of your places: Paris',
    );
    expect(explained({}, { remote: 'remote', places: [] }, { location: 'Remote' }).location_match).toBe('Remote OK');
  });
});

describe('diversify', () => {
  it('keeps the order, and of each group the first few', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c')), fc.integer({ min: 1, max: 4 }), (groups, most) => {
        const items = groups.map((group, index) => ({ group, index }));
        const kept = diversify(items, ({ group }) => group, most);
        expect(kept.map(({ index }) => index)).toEqual([...kept].map(({ index }) => index).sort((a, b) => a - b));
        for (const group of ['a', 'b', 'c']) {
          const all = items.filter((item) => item.group === group);
          expect(kept.filter((item) => item.group === group)).toEqual(all.slice(0, most));
        }
      }),
    );
  });
});
