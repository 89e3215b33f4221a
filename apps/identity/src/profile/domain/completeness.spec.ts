import { describe, expect, it } from '@jest/globals';
import type { Profile } from '#contracts';
import fc from 'fast-check';
import { completenessOf } from './completeness.js';
import { NO_FACTS } from './profile-facts.js';

function profile(told: Partial<Profile> = {}): Omit<Profile, 'completeness'> {
  const { places, ...facts } = NO_FACTS;
  return {
    id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11',
    email: 'a@example.com',
    full_name: 'A',
    ...facts,
    skills: [],
    skill_details: [],
    preferred_locations: [],
    preferred_places: places,
    avatar: null,
    avatar_url: null,
    version: 1,
    created_at: '2026-11-20T10:00:00.000Z',
    updated_at: '2026-11-20T10:00:00.000Z',
    ...told,
  };
}

describe('completeness', () => {
  it('is 0 when nothing was told, and names the most helpful thing first', () => {
    const { score, next } = completenessOf(profile());
    expect(score).toBe(0);
    expect(next[0]?.field).toBe('skills');
    expect(next.map(({ points }) => points)).toEqual([...next.map(({ points }) => points)].sort((a, b) => b - a));
  });

  it('counts a told "no" and zero as told', () => {
    const before = completenessOf(profile()).score;
    expect(completenessOf(profile({ visa_sponsorship_required: false })).score).toBe(before + 8);
    expect(completenessOf(profile({ experience_years: 0 })).score).toBe(before + 4);
  });

  it('has parts that add up, whatever was told', () => {
    const values = fc.record({
      skills: fc.array(fc.constantFrom('A', 'B', 'C', 'D'), { maxLength: 5 }),
      current_role: fc.option(fc.constant('Clerk')),
      bio: fc.option(fc.constant('Hello')),
      visa_sponsorship_required: fc.option(fc.boolean()),
      salary_min: fc.option(fc.nat()),
    });
    fc.assert(
      fc.property(values, (told) => {
        const { score, parts, next } = completenessOf(profile(told));
        const sum = (list: readonly { points: number }[]) => list.reduce((total, { points }) => total + points, 0);
        expect(sum(parts)).toBe(100);
        expect(sum(parts.filter((part) => part.is_there))).toBe(score);
        expect(sum(next)).toBe(100 - score);
      }),
    );
  });

  it('wants three skills', () => {
    expect(completenessOf(profile({ skills: ['A', 'B'] })).score).toBe(0);
    expect(completenessOf(profile({ skills: ['A', 'B', 'C'] })).score).toBe(20);
  });

  it('is 100 with nothing left to add when everything was told', () => {
    const all = profile({
      skills: ['A', 'B', 'C'],
      experience: [
        { title: 'Clerk', company: null, location: null, start_date: null, end_date: null, description: null },
      ],
      preferred_locations: ['Berlin'],
      current_role: 'Clerk',
      experience_level: 'mid',
      visa_sponsorship_required: true,
      education: [{ institution: 'X', degree: null, field: null, start_date: null, end_date: null }],
      salary_min: 1,
      remote_preference: 'any',
      experience_years: 3,
      languages: [{ name: 'German', level: null }],
      bio: 'Hello',
      career_goal: 'Rest',
      links: [{ label: 'Home', url: 'https://example.com' }],
    });
    expect(completenessOf(all)).toMatchObject({ score: 100, next: [] });
  });
});
