import {
  Closed,
  ProfileSearchQuery,
  PublicProfile,
  PublicProfileSettings,
  searchProfiles,
  Type,
  UpdatePublicProfileBody,
  Uuid,
} from '#contracts';
import { operation } from '../http/operation.js';

const visibility = {
  picture: 'public' as const,
  about: 'public' as const,
  position: 'public' as const,
  experience: 'connections' as const,
  education: 'connections' as const,
  skills: 'public' as const,
  languages: 'public' as const,
  links: 'public' as const,
  locations: 'private' as const,
  achievements: 'public' as const,
  contact: 'private' as const,
};
const settings = { slug: 'ada-lovelace', is_listed: true, visibility, updated_at: '2026-11-20T10:00:00.000Z' };
const id = '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11';
const profile = {
  id,
  slug: 'ada-lovelace',
  full_name: 'Ada Lovelace',
  avatar: null,
  avatar_url: null,
  headline: 'Analyst of engines',
  bio: null,
  career_goal: null,
  current_role: 'Analyst',
  company: 'Analytical Engines Ltd',
  experience_level: 'senior' as const,
  experience_years: 8,
  experience: [],
  education: [],
  skills: [{ name: 'Mathematics', proficiency: 'expert' as const, years: 8, is_verified: false }],
  languages: [{ name: 'English', level: 'native' as const }],
  links: [],
  preferred_locations: [],
  achievements: [],
  email: null,
  phone: null,
  connection: null,
};
const card = {
  id,
  slug: 'ada-lovelace',
  full_name: 'Ada Lovelace',
  headline: 'Analyst of engines',
  current_role: 'Analyst',
  avatar_url: null,
};

const own = { tag: 'Profile', access: 'signed-in', limit: 'general' } as const;
const social = { tag: 'Social', limit: 'general' } as const;
const SHOWN =
  'Everybody sees the sections that are public, connections see those for connections too. What is not shown reads as not told: null or an empty list.';

export const getPublicProfileSettingsOperation = operation({
  ...own,
  method: 'GET',
  path: '/users/me/public-profile',
  operationId: 'getPublicProfileSettings',
  summary: 'What I show of myself, and to whom',
  description: 'Everything is private, and there is no page, until decided otherwise.',
  scope: 'read:profile',
  response: PublicProfileSettings,
  responseExample: settings,
});

export const updatePublicProfileSettingsOperation = operation({
  ...own,
  method: 'PUT',
  path: '/users/me/public-profile',
  operationId: 'updatePublicProfileSettings',
  summary: 'Decide what I show of myself, and to whom',
  description:
    'What is absent stays. A slug makes a page, null takes it down. A slug that was given up rests for 90 days before somebody else may take it. Pay, visa and permission to work are never shown.',
  scope: 'write:profile',
  body: UpdatePublicProfileBody,
  bodyExample: { slug: 'ada-lovelace', is_listed: true, visibility: { skills: 'public', experience: 'connections' } },
  response: PublicProfileSettings,
  responseExample: settings,
  errors: ['ALREADY_EXISTS'],
});

export const searchProfilesOperation = operation({
  ...social,
  method: 'GET',
  path: '/social/profiles',
  aliases: ['/profiles'],
  operationId: 'searchProfiles',
  summary: 'Find people who chose to be found',
  description: 'Only what is public is searched. Newest first; go on with `next_cursor`.',
  access: 'signed-in',
  scope: 'read:social',
  query: ProfileSearchQuery,
  response: searchProfiles.response,
  responseExample: { total: 1, page: 1, per_page: 20, total_pages: 1, next_cursor: null, profiles: [card] },
});

export const showProfileOperation = operation({
  ...social,
  method: 'GET',
  path: '/social/profiles/{slug}',
  aliases: ['/profiles/{slug}'],
  operationId: 'showProfile',
  summary: 'The page of a person',
  description: SHOWN,
  access: 'optional',
  scope: 'read:social',
  params: Closed({ slug: Type.String({ maxLength: 100, description: 'The slug of the page.' }) }),
  response: PublicProfile,
  responseExample: profile,
  errors: ['NOT_FOUND'],
});

export const showUserOperation = operation({
  ...social,
  method: 'GET',
  path: '/users/{id}',
  operationId: 'showUser',
  summary: 'The page of a person by id',
  description: `The public profile and nothing else; 404 where there is none, unless the two are connected or one asked the other. ${SHOWN}`,
  access: 'optional',
  scope: 'read:social',
  params: Closed({ id: Uuid({ description: 'Id of the person.' }) }),
  response: PublicProfile,
  responseExample: profile,
  errors: ['NOT_FOUND'],
});
