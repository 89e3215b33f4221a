import type { Profile } from '#contracts';

type Field = keyof Omit<Profile, 'completeness'>;
export type Completeness = Profile['completeness'];

interface Part {
  field: Field;
  /** Share of 100. What decides matches and letters weighs most. */
  points: number;
  hint: string;
  isThere?: (value: unknown) => boolean;
}

const atLeast = (count: number) => (value: unknown) => Array.isArray(value) && value.length >= count;

const PARTS: readonly Part[] = [
  { field: 'skills', points: 20, hint: 'Name at least three skills: matches are scored by them.', isThere: atLeast(3) },
  { field: 'experience', points: 14, hint: 'Add a position you held: letters may only claim what stands here.' },
  { field: 'preferred_locations', points: 12, hint: 'Say where you would like to work.' },
  { field: 'current_role', points: 10, hint: 'Say what you do now.' },
  { field: 'experience_level', points: 8, hint: 'Choose your level, so that openings fit it.' },
  { field: 'visa_sponsorship_required', points: 8, hint: 'Say whether you need a visa: openings are checked for it.' },
  { field: 'education', points: 6, hint: 'Add your education.' },
  { field: 'salary_min', points: 5, hint: 'Say the least you would work for (and the currency).' },
  { field: 'remote_preference', points: 4, hint: 'Say whether you prefer remote, hybrid or on-site work.' },
  { field: 'experience_years', points: 4, hint: 'Say how many years you have worked.' },
  { field: 'languages', points: 3, hint: 'Add the languages you speak.' },
  { field: 'bio', points: 2, hint: 'Write a few sentences about yourself.' },
  { field: 'career_goal', points: 2, hint: 'Say where you want to go.' },
  { field: 'links', points: 2, hint: 'Link a portfolio or profile.' },
];

/** The parts add up: to 100 all of them, to the score those that are there. */
export function completenessOf(profile: Omit<Profile, 'completeness'>): Completeness {
  const parts = PARTS.map(({ isThere = isTold, ...part }) => ({ ...part, is_there: isThere(profile[part.field]) }));
  return {
    score: parts.reduce((sum, { points, is_there: isThere }) => sum + (isThere ? points : 0), 0),
    parts: parts.map(({ field, points, is_there }) => ({ field, points, is_there })),
    next: parts.filter((part) => !part.is_there).map(({ field, points, hint }) => ({ field, points, hint })),
  };
}

const isTold = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 : value !== null);
