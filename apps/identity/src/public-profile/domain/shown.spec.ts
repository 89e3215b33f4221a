import { describe, expect, it } from '@jest/globals';
import { compileSchema, PROFILE_SECTIONS, PublicProfile, type SectionVisibility, VISIBILITIES } from '#contracts';
import fc from 'fast-check';
import { ALL_PRIVATE, type Audience, cardFor, type Person, shownTo } from './shown.js';

/** Every text names the section it belongs to, so that it can be found where it must not be. */
const person = (visibility: Partial<SectionVisibility>): Person => ({
  userId: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11',
  slug: 'ada',
  fullName: 'Ada Lovelace',
  email: 'contact@example.com',
  avatarId: 'q3Zr8pV1xT6mK9wB2nYc5dLf7hJs0gQa',
  skills: [{ name: 'skills-1', proficiency: null, years: 3, is_verified: false }],
  achievements: [{ title: 'achievements-1', description: null, icon: null, date_achieved: null }],
  facts: {
    headline: 'about-1',
    bio: 'about-2',
    career_goal: 'about-3',
    current_role: 'position-1',
    company: 'position-2',
    experience_level: 'senior',
    experience_years: 7,
    experience: [
      { title: 'experience-1', company: null, location: null, start_date: null, end_date: null, description: null },
    ],
    education: [{ institution: 'education-1', degree: null, field: null, start_date: null, end_date: null }],
    languages: [{ name: 'languages-1', level: null }],
    links: [{ label: 'links-1', url: 'https://example.com' }],
    places: [{ text: 'locations-1', city: null, country: null }],
    phone: '+49 30 1234567',
    salary_min: 11_111,
    salary_max: 22_222,
    currency: 'EUR',
    remote_preference: 'hybrid',
    work_authorization: 'never-1',
    visa_sponsorship_required: true,
    time_zone: 'Europe/Berlin',
  },
  visibility,
});
const MARKS: Record<(typeof PROFILE_SECTIONS)[number], string> = {
  ...{ picture: 'Js0gQa', about: 'about-', position: 'position-', experience: 'experience-', education: 'education-' },
  ...{ skills: 'skills-', languages: 'languages-', links: 'links-', locations: 'locations-' },
  ...{ achievements: 'achievements-', contact: 'contact@' },
};

const anyVisibility = fc.record(
  Object.fromEntries(PROFILE_SECTIONS.map((section) => [section, fc.constantFrom(...VISIBILITIES)])),
  { requiredKeys: [] },
);

describe('what is shown of a person', () => {
  it('is the name alone until he decides otherwise', () => {
    for (const visibility of [ALL_PRIVATE, {}]) {
      for (const audience of ['anyone', 'connection'] as const) {
        const shown = shownTo(person(visibility), audience);
        const { id, slug, full_name, ...rest } = shown;
        expect({ id, slug, full_name }).toMatchObject({ slug: 'ada', full_name: 'Ada Lovelace' });
        for (const value of Object.values(rest)) expect(value === null || Array.isArray(value)).toBe(true);
        expect(Object.values(rest).flat().filter(Boolean)).toEqual([]);
      }
    }
  });

  it('is each section exactly to those it was opened for, in profile and card', () => {
    const audiences = fc.constantFrom<Audience>('anyone', 'connection');
    fc.assert(
      fc.property(anyVisibility, audiences, (visibility, audience) => {
        const someone = person(visibility);
        const shown = { ...shownTo(someone, audience), connection: null };
        const facts = { headline: 'about-1', currentRole: 'position-1' };
        const card = JSON.stringify(cardFor({ ...someone, ...facts }, audience));
        expect(compileSchema(PublicProfile).problems(shown)).toEqual([]);
        for (const section of PROFILE_SECTIONS) {
          const decided = visibility[section] ?? 'private';
          const open = decided === 'public' || (decided === 'connections' && audience === 'connection');
          expect([section, JSON.stringify(shown).includes(MARKS[section])]).toEqual([section, open]);
          if (!open) expect(card).not.toContain(MARKS[section]);
        }
      }),
    );
  });

  it('is never pay, visa or permission to work', () => {
    const open = Object.fromEntries(PROFILE_SECTIONS.map((section) => [section, 'public' as const]));
    const text = JSON.stringify(shownTo(person(open), 'connection'));
    for (const secret of ['11111', '22222', 'EUR', 'never-1', 'hybrid', 'Europe/Berlin'])
      expect(text).not.toContain(secret);
  });
});
