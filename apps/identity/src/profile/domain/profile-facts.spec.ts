import { describe, expect, it } from '@jest/globals';
import { changeFacts, NO_FACTS } from './profile-facts.js';

const fieldsOf = (change: Parameters<typeof changeFacts>[1], current = NO_FACTS) =>
  changeFacts(current, change).problems.map(({ field }) => field);

describe('changing profile facts', () => {
  it('changes what is named, clears what is null and leaves the rest', () => {
    const current = { ...NO_FACTS, company: 'Northwind', current_role: 'Clerk', bio: 'Hello' };
    const { facts, problems } = changeFacts(current, { current_role: 'Engineer', bio: null });
    expect(problems).toEqual([]);
    expect(facts).toEqual({ ...NO_FACTS, company: 'Northwind', current_role: 'Engineer', bio: null });
  });

  it('accepts places as text and as objects, by code or name, once each', () => {
    const { facts, problems } = changeFacts(NO_FACTS, {
      preferred_locations: ['Berlin, Germany', { city: 'Berlin', country: 'Germany' }, { country: 'se' }, 'Amsterdam'],
    });
    expect(problems).toEqual([]);
    expect(facts.places).toEqual([
      { text: 'Berlin, Germany', city: 'Berlin', country: 'DE' },
      { text: 'Sweden', city: null, country: 'SE' },
      { text: 'Amsterdam', city: 'Amsterdam', country: null },
    ]);
  });

  it('names the place whose country nobody knows, and the one that says nothing', () => {
    expect(fieldsOf({ preferred_locations: ['Berlin', { city: 'X', country: 'Atlantis' }, {}] })).toEqual([
      'preferred_locations.1.country',
      'preferred_locations.2',
    ]);
  });

  it('refuses a salary range upside down, also when only one end was sent', () => {
    expect(fieldsOf({ salary_min: 90_000, salary_max: 70_000 })).toEqual(['salary_max']);
    expect(fieldsOf({ salary_max: 50_000 }, { ...NO_FACTS, salary_min: 60_000 })).toEqual(['salary_max']);
    expect(fieldsOf({ salary_min: 60_000, salary_max: 60_000 })).toEqual([]);
  });

  it('refuses an end before the start, comparing as precisely as both are told', () => {
    const position = { title: 'Clerk', company: null, location: null, description: null };
    const dates = (start_date: string | null, end_date: string | null) =>
      fieldsOf({ experience: [{ ...position, start_date, end_date }] });
    expect(dates('2021-04', '2020')).toEqual(['experience.0.end_date']);
    expect(dates('2021-04', '2021-03-31')).toEqual(['experience.0.end_date']);
    expect(dates('2021-04', '2021')).toEqual([]);
    expect(dates('2021-04', 'present')).toEqual([]);
    expect(dates(null, '1999')).toEqual([]);
  });
});
