import { defineRpc } from '../define.js';
import {
  Closed,
  CountryCode,
  CurrencyCode,
  Empty,
  Line,
  Nullable,
  type Static,
  StringEnum,
  Text,
  Timestamp,
  Type,
  Uuid,
} from '../schema.js';
import { Avatar } from './avatar.js';
import { EXPERIENCE_LEVELS, REMOTE_MODES } from './events.js';

export const PROFICIENCIES = ['beginner', 'intermediate', 'advanced', 'expert'] as const;
export const LANGUAGE_LEVELS = ['A1', 'A2', 'B1', 'B2', 'C1', 'C2', 'native'] as const;
export const REMOTE_PREFERENCES = [...REMOTE_MODES, 'any'] as const;

/** As precise as its writer knows: a year, a month or a day. */
const PARTIAL_DATE = '^\\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\\d|3[01]))?)?$';
const PartialDate = () => Type.String({ pattern: PARTIAL_DATE, examples: ['2021-04'] });
/** Null is "not told"; somebody who still works there says `present`. */
const EndDate = () => Type.String({ pattern: `${PARTIAL_DATE}|^present$`, examples: ['present'] });

export const ExperienceEntry = Closed({
  title: Line(1, 160),
  company: Nullable(Line(1, 200)),
  location: Nullable(Line(1, 160)),
  start_date: Nullable(PartialDate()),
  end_date: Nullable(EndDate()),
  /** What was done and achieved, in the person's words; generated letters may only claim what stands here. */
  description: Nullable(Text(4_000)),
});
export type ExperienceEntry = Static<typeof ExperienceEntry>;

export const EducationEntry = Closed({
  institution: Nullable(Line(1, 200)),
  degree: Nullable(Line(1, 200)),
  field: Nullable(Line(1, 200)),
  start_date: Nullable(PartialDate()),
  end_date: Nullable(EndDate()),
});
export type EducationEntry = Static<typeof EducationEntry>;

export const LanguageEntry = Closed({ name: Line(1, 60), level: Nullable(StringEnum(LANGUAGE_LEVELS)) });
export type LanguageEntry = Static<typeof LanguageEntry>;

export const LinkEntry = Closed({
  label: Line(1, 60),
  url: Type.String({ pattern: '^https?://\\S+$', maxLength: 500 }),
});
export type LinkEntry = Static<typeof LinkEntry>;

export const Place = Closed({ city: Nullable(Line(1, 120)), country: Nullable(CountryCode()) });
export type Place = Static<typeof Place>;

export const SkillDetail = Closed({
  name: Line(1, 80),
  proficiency: Nullable(StringEnum(PROFICIENCIES)),
  years: Nullable(Type.Number({ minimum: 0, maximum: 70 })),
  is_verified: Type.Boolean(),
});
export type SkillDetail = Static<typeof SkillDetail>;

/** A name of the IANA time zone database; whether it exists is checked where it is used. */
export const TimeZone = (options: Record<string, unknown> = {}) =>
  Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_+/-]{1,63}$', examples: ['Europe/Berlin'], ...options });

/** The fields a person writes, all of them nullable or empty: nothing told is nothing claimed. */
const facts = {
  headline: Nullable(Line(1, 200)),
  current_role: Nullable(Line(1, 160)),
  company: Nullable(Line(1, 200)),
  experience_years: Nullable(Type.Number({ minimum: 0, maximum: 70 })),
  experience_level: Nullable(StringEnum(EXPERIENCE_LEVELS)),
  experience: Type.Array(ExperienceEntry, { maxItems: 50 }),
  salary_min: Nullable(Type.Number({ minimum: 0, maximum: 100_000_000 })),
  salary_max: Nullable(Type.Number({ minimum: 0, maximum: 100_000_000 })),
  currency: Nullable(CurrencyCode()),
  remote_preference: Nullable(StringEnum(REMOTE_PREFERENCES)),
  /** In the person's words, e.g. "EU citizen". */
  work_authorization: Nullable(Line(1, 200)),
  visa_sponsorship_required: Nullable(Type.Boolean()),
  career_goal: Nullable(Line(1, 500)),
  education: Type.Array(EducationEntry, { maxItems: 30 }),
  links: Type.Array(LinkEntry, { maxItems: 20 }),
  bio: Nullable(Text(4_000)),
  /** At least five digits; begins and ends with one, so that trimming never shortens it below that. */
  phone: Nullable(
    Type.String({
      pattern: '^\\+?[0-9](?:[ ()./-]*[0-9]){4,24}$',
      maxLength: 40,
      examples: ['+49 30 1234567'],
    }),
  ),
  time_zone: Nullable(TimeZone({ description: 'Where days begin and end for goals and streaks; UTC until told.' })),
};

export const Profile = Closed({
  id: Uuid(),
  email: Type.String({ format: 'email' }),
  full_name: Line(1, 100),
  ...facts,
  skills: Type.Array(Type.String(), { description: 'Names only; `skill_details` has the rest.' }),
  skill_details: Type.Array(SkillDetail),
  preferred_locations: Type.Array(Type.String(), { description: 'As they were typed.' }),
  preferred_places: Type.Array(Place, {
    description: 'The same, understood; city and country null where we could not tell.',
  }),
  languages: Type.Array(LanguageEntry),
  avatar: Nullable(Avatar),
  avatar_url: Nullable(Type.String({ description: 'The picture in medium size.' })),
  completeness: Closed({
    score: Type.Integer({ minimum: 0, maximum: 100, description: 'Sum of the points of the parts that are there.' }),
    parts: Type.Array(
      Closed({
        field: Type.String(),
        points: Type.Integer({ minimum: 1, description: 'What the part is worth; all parts together 100.' }),
        is_there: Type.Boolean(),
      }),
    ),
    next: Type.Array(Closed({ field: Type.String(), points: Type.Integer({ minimum: 1 }), hint: Type.String() }), {
      description: 'What to add next, most helpful first.',
    }),
  }),
  version: Type.Integer({ minimum: 0, description: 'Grows with every change; 0 while nothing was ever written.' }),
  created_at: Timestamp(),
  updated_at: Timestamp(),
});
export type Profile = Static<typeof Profile>;

/** What is absent stays as it is; null (or an empty list) clears. */
export const UpdateProfileBody = Type.Partial(
  Closed({
    full_name: Line(1, 100),
    ...facts,
    skills: Type.Array(
      Type.Union([
        Line(1, 80),
        Closed({
          name: Line(1, 80),
          proficiency: Type.Optional(SkillDetail.properties.proficiency),
          years: Type.Optional(SkillDetail.properties.years),
        }),
      ]),
      {
        maxItems: 200,
        description: 'The whole set: names or objects. A skill that is already there keeps its details.',
      },
    ),
    preferred_locations: Type.Array(
      Type.Union([
        Line(1, 160),
        Closed({
          city: Type.Optional(Nullable(Line(1, 120))),
          country: Type.Optional(Nullable(Line(2, 80))),
        }),
      ]),
      { maxItems: 50, description: '"Berlin", "Berlin, Germany" or `{city, country}`.' },
    ),
    languages: Type.Array(Type.Union([Line(1, 60), LanguageEntry]), { maxItems: 30 }),
    version: Type.Integer({
      minimum: 0,
      description: 'The version this change was made from; another one in between answers 409 `STALE_VERSION`.',
    }),
  }),
  { additionalProperties: false },
);
export type UpdateProfileBody = Static<typeof UpdateProfileBody>;

/** The caller's own profile: everything a letter, an application or a match may say about him. */
export const getProfile = defineRpc('identity', 'profile.get', {
  alsoAskedBy: ['ai-content', 'applications', 'jobs-ingestion'],
  request: Empty,
  response: Profile,
});

export const updateProfile = defineRpc('identity', 'profile.update', {
  request: UpdateProfileBody,
  response: Profile,
});

/** What matching needs to know about a person. Skills and places are as they were typed, so no event carries them. */
export const MatchProfile = Closed({
  user_id: Uuid(),
  /** Grows with every change; a reader ignores what is not newer than what it has. */
  version: Type.Integer({ minimum: 1 }),
  skills: Type.Array(Type.String({ maxLength: 80 }), { maxItems: 200 }),
  experience_level: Nullable(StringEnum(EXPERIENCE_LEVELS)),
  experience_years: Nullable(Type.Number({ minimum: 0, maximum: 70 })),
  preferred_locations: Type.Array(
    Closed({ city: Nullable(Type.String({ maxLength: 120 })), country: Nullable(CountryCode()) }),
    { maxItems: 50 },
  ),
  remote_preference: Nullable(StringEnum(REMOTE_PREFERENCES)),
  salary_min: Nullable(Type.Number({ minimum: 0 })),
  salary_max: Nullable(Type.Number({ minimum: 0 })),
  currency: Nullable(CurrencyCode()),
  visa_sponsorship_required: Nullable(Type.Boolean()),
});
export type MatchProfile = Static<typeof MatchProfile>;

/** Asked after `profile.updated`, on nobody's behalf; null where the profile was never written or is gone. */
export const getMatchProfile = defineRpc('identity', 'profile.match-facts', {
  alsoAskedBy: ['jobs-ingestion'],
  caller: 'none',
  request: Closed({ user_id: Uuid() }),
  response: Closed({ profile: Nullable(MatchProfile) }),
});
