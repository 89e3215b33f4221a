import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LEVELS, FACTORS, matchScore, type Opening, type Person, WEIGHTS } from './match-score.js';

const person: Person = {
  skillKeys: ['typescript', 'postgresql', 'python'],
  level: 'senior',
  years: 9,
  places: [{ city: 'Berlin', country: 'DE' }],
  remote: 'any',
  salaryMin: 70_000,
  salaryMax: 90_000,
  currency: 'EUR',
};
const opening: Opening = {
  skillKeys: ['typescript', 'postgresql', 'kubernetes'],
  level: 'senior',
  places: [{ city: 'Berlin', country: 'DE' }],
  remote: 'hybrid',
  salaryMin: 75_000,
  salaryMax: 95_000,
  currency: 'EUR',
  ageDays: 0,
};

const skill = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
const skills = fc.uniqueArray(skill, { maxLength: 8 });
const level = fc.option(fc.constantFrom(...LEVELS));
const amount = fc.option(fc.integer({ min: 0, max: 300_000 }));
const place = fc.record({
  city: fc.option(fc.constantFrom('Berlin', 'Paris', 'Köln')),
  country: fc.option(fc.constantFrom('DE', 'FR')),
});
const mode = fc.constantFrom('remote' as const, 'hybrid' as const, 'onsite' as const);
const currency = fc.option(fc.constantFrom('EUR', 'USD'));
const people: fc.Arbitrary<Person> = fc.record({
  skillKeys: skills,
  level,
  years: fc.option(fc.integer({ min: 0, max: 40 })),
  places: fc.array(place, { maxLength: 3 }),
  remote: fc.option(fc.oneof(mode, fc.constant('any' as const))),
  salaryMin: amount,
  salaryMax: amount,
  currency,
});
const openings: fc.Arbitrary<Opening> = fc.record({
  skillKeys: skills,
  level,
  places: fc.array(place, { maxLength: 3 }),
  remote: fc.option(mode),
  salaryMin: amount,
  salaryMax: amount,
  currency,
  ageDays: fc.option(fc.double({ min: -1, max: 400, noNaN: true })),
});

describe('matchScore', () => {
  it('adds up: the parts are the score, to the last digit, and stay within their bounds', () => {
    fc.assert(
      fc.property(people, openings, (someone, something) => {
        const { score, breakdown, knownWeight } = matchScore(someone, something);
        const tenths = FACTORS.reduce((sum, factor) => sum + Math.round((breakdown[factor] ?? 0) * 10), 0);
        expect(tenths).toBe(Math.round(score * 10));
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(100);
        expect(knownWeight).toBeLessThanOrEqual(0.9);
        for (const factor of FACTORS) expect(breakdown[factor] ?? 0).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 500 },
    );
  });

  it('never falls when a person learns a skill', () => {
    fc.assert(
      fc.property(people, openings, skill, (someone, something, learned) => {
        fc.pre(someone.skillKeys.length > 0);
        const before = matchScore(someone, something).score;
        const after = matchScore({ ...someone, skillKeys: [...someone.skillKeys, learned] }, something).score;
        expect(after).toBeGreaterThanOrEqual(before);
      }),
      { numRuns: 500 },
    );
  });

  it('is 100 when everything known fits, although salary, culture and growth are unknown', () => {
    const best: Opening = {
      ...opening,
      skillKeys: ['typescript', 'postgresql', 'python'],
      salaryMin: null,
      salaryMax: null,
    };
    const wide: Person = { ...person, skillKeys: ['typescript', 'postgresql', 'python', 'go', 'rust'] };
    const result = matchScore(wide, { ...best, skillKeys: wide.skillKeys });
    expect(result.score).toBe(100);
    expect(result.breakdown.salary_match).toBeNull();
    expect(result.breakdown.company_culture).toBeNull();
    expect(result.breakdown.growth_potential).toBeNull();
    expect(result.knownWeight).toBe((WEIGHTS.skill_match + 20 + 15 + 5) / 100);
  });

  it('names what matches and what is missing', () => {
    const result = matchScore(person, opening);
    expect(result.matchingSkills).toEqual(['typescript', 'postgresql']);
    expect(result.missingSkills).toEqual(['kubernetes']);
  });

  it('does not compare amounts of different currencies', () => {
    expect(matchScore(person, { ...opening, currency: 'USD' }).breakdown.salary_match).toBeNull();
    expect(matchScore(person, opening).breakdown.salary_match).not.toBeNull();
  });

  it.each<[string, Partial<Person>, Partial<Opening>, number | null]>([
    ['the wished city', {}, {}, 100],
    ['another city of the country', {}, { places: [{ city: 'Munich', country: 'DE' }] }, 60],
    ['another country', {}, { places: [{ city: 'Paris', country: 'FR' }] }, 0],
    ['a city of the same name abroad', {}, { places: [{ city: 'Berlin', country: 'US' }] }, 0],
    [
      'a wished country',
      { places: [{ city: null, country: 'DE' }] },
      { places: [{ city: 'Ulm', country: 'DE' }] },
      100,
    ],
    ['remote from anywhere', {}, { remote: 'remote', places: [] }, 100],
    ['remote, but bound to another country', {}, { remote: 'remote', places: [{ city: null, country: 'US' }] }, 50],
    ['the right city for somebody who works remotely', { remote: 'remote' }, { remote: 'onsite' }, 0],
    ['an unknown place', {}, { places: [] }, null],
    ['no wish at all', { places: [], remote: null }, {}, null],
    ['an accent', { places: [{ city: 'Köln', country: 'DE' }] }, { places: [{ city: 'Koln', country: 'DE' }] }, 100],
  ])('judges the place: %s', (_case, wish, offer, fit) => {
    const breakdown = matchScore({ ...person, ...wish }, { ...opening, ...offer }).breakdown;
    // All other factors known: 20 of 90 points of weight, and a tenth of a point for rounding.
    if (fit === null) expect(breakdown.location_match).toBeNull();
    else expect(Math.abs((breakdown.location_match ?? NaN) - (fit * 20) / 90)).toBeLessThanOrEqual(0.1);
  });
});
