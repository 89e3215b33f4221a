import { defineRpc } from '../define.js';
import { Closed, Empty, Line, Nullable, type Static, StringEnum, Timestamp, Type, Uuid } from '../schema.js';
import { Achievement } from './achievements.js';
import { Avatar } from './avatar.js';
import { CONNECTION_STATUSES } from './connection-statuses.js';
import { CursorQuery, cursorHead } from './cursor-page.js';
import { Profile } from './profile.js';

/** Who may see a section: everybody, people one is connected with, nobody. */
export const VISIBILITIES = ['public', 'connections', 'private'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

/** What a profile is shown or hidden by. Pay, visa and permission to work are in none of them: they are never shown. */
export const PROFILE_SECTIONS = [
  'picture',
  'about',
  'position',
  'experience',
  'education',
  'skills',
  'languages',
  'links',
  'locations',
  'achievements',
  'contact',
] as const;
export type ProfileSection = (typeof PROFILE_SECTIONS)[number];

const visibility = () => StringEnum(VISIBILITIES);
const SectionVisibility = Closed({
  picture: visibility(),
  about: visibility(),
  position: visibility(),
  experience: visibility(),
  education: visibility(),
  skills: visibility(),
  languages: visibility(),
  links: visibility(),
  locations: visibility(),
  achievements: visibility(),
  contact: visibility(),
});
export type SectionVisibility = Static<typeof SectionVisibility>;

/** Wide: what a slug may be is said in one message per broken rule. */
const Slug = () => Type.String({ maxLength: 100, examples: ['ada-lovelace'] });

export const PublicProfileSettings = Closed({
  slug: Nullable(Type.String({ description: 'Null: there is no public page.' })),
  is_listed: Type.Boolean({ description: 'Whether the search of people finds it.' }),
  visibility: SectionVisibility,
  updated_at: Nullable(Timestamp()),
});
export type PublicProfileSettings = Static<typeof PublicProfileSettings>;

export const UpdatePublicProfileBody = Closed({
  slug: Type.Optional(
    Nullable(
      Type.String({
        maxLength: 100,
        examples: ['ada-lovelace'],
        description: '3 to 40 letters a-z, digits and single hyphens between them. Null takes the page down.',
      }),
    ),
  ),
  is_listed: Type.Optional(Type.Boolean()),
  visibility: Type.Optional(Type.Partial(SectionVisibility, { additionalProperties: false })),
});
export type UpdatePublicProfileBody = Static<typeof UpdatePublicProfileBody>;

const { properties: told } = Profile;

/** The connection of the two as its reader may know it. */
const ConnectionMark = Closed({
  id: Uuid(),
  status: StringEnum(CONNECTION_STATUSES),
  direction: StringEnum(['sent', 'received']),
});

/** What is not shown to its reader reads as not told. */
export const PublicProfile = Closed({
  id: Uuid(),
  slug: Nullable(Type.String()),
  full_name: told.full_name,
  avatar: Nullable(Avatar),
  avatar_url: told.avatar_url,
  headline: told.headline,
  bio: told.bio,
  career_goal: told.career_goal,
  current_role: told.current_role,
  company: told.company,
  experience_level: told.experience_level,
  experience_years: told.experience_years,
  experience: told.experience,
  education: told.education,
  skills: told.skill_details,
  languages: told.languages,
  links: told.links,
  preferred_locations: told.preferred_locations,
  achievements: Type.Array(
    Closed({
      title: Achievement.properties.title,
      description: Achievement.properties.description,
      icon: Achievement.properties.icon,
      date_achieved: Achievement.properties.date_achieved,
    }),
  ),
  email: Nullable(Type.String()),
  phone: told.phone,
  connection: Nullable(ConnectionMark),
});
export type PublicProfile = Static<typeof PublicProfile>;

/** One line of a list of people. */
export const ProfileCard = Closed({
  id: Uuid(),
  slug: Nullable(Type.String()),
  full_name: Type.String(),
  headline: told.headline,
  current_role: told.current_role,
  avatar_url: told.avatar_url,
});
export type ProfileCard = Static<typeof ProfileCard>;

export const ProfileSearchQuery = Closed({
  ...CursorQuery,
  q: Type.Optional(Line(1, 100, { description: 'Part of the name, or of what is shown to everybody.' })),
  skill: Type.Optional(Line(1, 80, { description: 'A skill that is shown to everybody.' })),
});
export type ProfileSearchQuery = Static<typeof ProfileSearchQuery>;

export const getPublicProfileSettings = defineRpc('identity', 'public-profile.get-settings', {
  request: Empty,
  response: PublicProfileSettings,
});
export const updatePublicProfileSettings = defineRpc('identity', 'public-profile.update-settings', {
  request: UpdatePublicProfileBody,
  response: PublicProfileSettings,
});
export const searchProfiles = defineRpc('identity', 'public-profile.search', {
  request: ProfileSearchQuery,
  response: Closed({ ...cursorHead, profiles: Type.Array(ProfileCard) }),
});
export const showProfileBySlug = defineRpc('identity', 'public-profile.by-slug', {
  caller: 'optional',
  request: Closed({ slug: Slug() }),
  response: PublicProfile,
});
export const showProfileById = defineRpc('identity', 'public-profile.by-id', {
  caller: 'optional',
  request: Closed({ user_id: Uuid() }),
  response: PublicProfile,
});
