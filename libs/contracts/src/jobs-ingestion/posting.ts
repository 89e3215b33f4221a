import {
  CalendarDate,
  Closed,
  CountryCode,
  CurrencyCode,
  Nullable,
  type Static,
  StringEnum,
  Timestamp,
  Type,
  Uuid,
} from '../schema.js';
import { REMOTE_MODES } from '../identity/events.js';
import { VISA_VERDICTS } from './events.js';

export const EMPLOYMENT_TYPES = [
  'full_time',
  'part_time',
  'contract',
  'temporary',
  'internship',
  'volunteer',
  'other',
] as const;
/** The ladder of profiles, with what only postings have: internships and leading people. */
export const JOB_EXPERIENCE_LEVELS = [
  'internship',
  'entry',
  'junior',
  'mid',
  'senior',
  'lead',
  'staff',
  'principal',
  'manager',
  'director',
  'executive',
] as const;
export const SALARY_PERIODS = ['hour', 'day', 'week', 'month', 'year'] as const;
export const DEDUP_LAYERS = ['url', 'fingerprint', 'near'] as const;

export const VISA_POLARITIES = ['offers', 'refuses', 'requires_existing_authorization', 'relocation'] as const;

/** A sentence of the posting (or a field of its source) and how it was read. */
export const VisaEvidence = Closed({
  quote: Type.String({ description: 'The words of the posting, unchanged.' }),
  start: Nullable(Type.Integer({ description: 'Offset of the quote in the text; null for a field of the source.' })),
  end: Nullable(Type.Integer()),
  rule: Type.String({ description: 'Name of the rule that read it.' }),
  polarity: StringEnum(VISA_POLARITIES),
});
export type VisaEvidence = Static<typeof VisaEvidence>;

export const VisaStatement = Closed({
  verdict: StringEnum(VISA_VERDICTS, {
    description: '`unknown`: the posting says nothing; `maybe`: it says something that is not a promise.',
  }),
  evidence: Type.Array(VisaEvidence),
});

const salary = {
  salary_min: Nullable(Type.Number({ description: 'Major units of `currency`, before tax, per `salary_period`.' })),
  salary_max: Nullable(Type.Number()),
  currency: Nullable(CurrencyCode()),
  salary_period: Nullable(StringEnum(SALARY_PERIODS)),
  salary_is_estimated: Nullable(
    Type.Boolean({ description: 'True: the source guessed it. Null: no salary is known.' }),
  ),
};

/** A posting in a list. What a posting does not say is null, never false or 0. */
export const JobListItem = Closed({
  id: Uuid(),
  title: Type.String(),
  company: Type.String(),
  company_logo: Nullable(Type.String()),
  location: Nullable(Type.String({ description: 'As the source states it.' })),
  city: Nullable(Type.String()),
  country: Nullable(CountryCode({ description: 'Null when unknown, or when it is open in several countries.' })),
  remote_option: Nullable(StringEnum(REMOTE_MODES)),
  ...salary,
  visa_sponsorship: Nullable(
    Type.Boolean({ description: 'True and false only for a clear statement; `visa` has the words.' }),
  ),
  visa: VisaStatement,
  skills: Type.Array(Type.String()),
  experience_level: Nullable(StringEnum(JOB_EXPERIENCE_LEVELS)),
  employment_type: Nullable(StringEnum(EMPLOYMENT_TYPES)),
  language: Nullable(Type.String({ description: 'ISO-639-1 of the posting text.' })),
  description: Type.String({ description: 'The beginning, as text. The whole is at /jobs/{id}.' }),
  posted_date: Nullable(CalendarDate()),
  posted_at: Nullable(Timestamp()),
  first_seen_at: Timestamp(),
  url: Nullable(Type.String()),
  source: Type.String(),
  employer_confirmed: Nullable(
    Type.Boolean({
      description:
        'Whether an employer who publishes it here speaks for the company, as far as an admin vouches. Null: no employer publishes it here.',
    }),
  ),
  is_bookmarked: Type.Boolean(),
});
export type JobListItem = Static<typeof JobListItem>;

export const JOB_FIELDS = [
  'id',
  'title',
  'company',
  'company_logo',
  'location',
  'city',
  'country',
  'remote_option',
  'salary_min',
  'salary_max',
  'currency',
  'salary_period',
  'salary_is_estimated',
  'visa_sponsorship',
  'visa',
  'skills',
  'experience_level',
  'employment_type',
  'language',
  'description',
  'posted_date',
  'posted_at',
  'first_seen_at',
  'url',
  'source',
  'employer_confirmed',
  'is_bookmarked',
] as const satisfies readonly (keyof JobListItem)[];
export type JobField = (typeof JOB_FIELDS)[number];

/** Where it was seen, and why that was taken for the same opening. */
export const JobSighting = Closed({
  source: Type.String(),
  source_id: Type.String(),
  url: Nullable(Type.String()),
  employer_confirmed: Nullable(
    Type.Boolean({ description: 'Of what an employer published here: whether he speaks for the company.' }),
  ),
  first_seen_at: Timestamp(),
  last_seen_at: Timestamp(),
  /** Null for the sighting that made the posting. */
  merge: Nullable(
    Closed({
      layer: StringEnum(DEDUP_LAYERS),
      score: Nullable(Type.Number()),
      evidence: Type.Array(Type.String(), { examples: [['title: same', 'place: same', 'text: 97 % shared']] }),
    }),
  ),
});

export const JobDetail = Closed({
  ...JobListItem.properties,
  description: Type.String({ description: 'The whole text, line breaks kept.' }),
  description_html: Nullable(Type.String({ description: 'Sanitised: an allow-list of tags, no script, no style.' })),
  benefits: Nullable(Type.Array(Type.String(), { description: 'Null: not stated apart from the text.' })),
  company_key: Type.String(),
  version: Type.Integer({ minimum: 1, description: 'Grows with every change; send it along to change it safely.' }),
  attribution: Nullable(
    Closed({ name: Type.String(), url: Type.String() }, { description: 'The source asks to be named with this link.' }),
  ),
  places: Type.Array(
    Closed({ city: Nullable(Type.String()), region: Nullable(Type.String()), country: Nullable(CountryCode()) }),
  ),
  is_active: Type.Boolean(),
  expires_at: Nullable(Timestamp()),
  closed_at: Nullable(Timestamp()),
  freshness: Closed({
    first_seen_at: Timestamp(),
    last_seen_at: Timestamp(),
    updated_at: Timestamp(),
    seen_at_sources: Type.Integer({ minimum: 1 }),
  }),
  sightings: Type.Array(JobSighting),
});
export type JobDetail = Static<typeof JobDetail>;
