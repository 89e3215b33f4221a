import { defineCommand, defineRpc } from '../define.js';
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
import { REMOTE_MODES } from '../identity/events.js';
import { EMPLOYMENT_TYPES, JOB_EXPERIENCE_LEVELS, JobDetail, SALARY_PERIODS } from './posting.js';

/** What `source` says of a posting that was published here and not found somewhere. */
export const CUSTOM_SOURCE = 'custom';

const maybe = <S extends Parameters<typeof Nullable>[0]>(schema: S) => Type.Optional(Nullable(schema));
const Amount = (options: Record<string, unknown> = {}) =>
  Type.Number({ minimum: 1, maximum: 1_000_000_000, ...options });
const WebAddress = (options: Record<string, unknown> = {}) => Line(1, 2_000, options);

const named = {
  title: Line(1, 300),
  company: Line(1, 200),
  description: Text(60_000, { minLength: 1, description: 'Text or HTML; of HTML only harmless structure is kept.' }),
};
const stated = {
  location: maybe(Line(1, 500, { description: 'As people write it; several places with a semicolon between.' })),
  country: maybe(CountryCode()),
  remote_option: maybe(StringEnum(REMOTE_MODES)),
  employment_type: maybe(StringEnum(EMPLOYMENT_TYPES)),
  experience_level: maybe(StringEnum(JOB_EXPERIENCE_LEVELS)),
  salary_min: maybe(Amount({ description: 'Major units of `currency`, before tax, per `salary_period`.' })),
  salary_max: maybe(Amount()),
  currency: maybe(CurrencyCode({ description: 'Needed with an amount.' })),
  salary_period: maybe(StringEnum(SALARY_PERIODS, { description: 'A year unless told.' })),
  visa_sponsorship: maybe(
    Type.Boolean({ description: 'Kept as evidence beside what the text says; null: not stated.' }),
  ),
  skills: maybe(Type.Array(Line(1, 80), { maxItems: 40, description: 'Added to those the text names.' })),
  benefits: maybe(Type.Array(Line(1, 200), { maxItems: 40 })),
  url: maybe(WebAddress({ description: 'Where one applies.' })),
  company_logo: maybe(WebAddress({ description: 'Address of a picture.' })),
  expires_at: maybe(Timestamp({ description: '90 days from now unless told; at most a year ahead.' })),
};

/** What is left out is read from the text, as for a posting of any source. */
export const CreatePostingBody = Closed({ ...named, ...stated });
export type CreatePostingBody = Static<typeof CreatePostingBody>;

export const UpdatePostingBody = Closed({
  title: Type.Optional(named.title),
  company: Type.Optional(named.company),
  description: Type.Optional(named.description),
  ...stated,
  version: Type.Optional(Type.Integer({ minimum: 1, description: 'The version you read; another one is a 409.' })),
});
export type UpdatePostingBody = Static<typeof UpdatePostingBody>;

export const createPosting = defineRpc('jobs-ingestion', 'employer-posting.create', {
  request: CreatePostingBody,
  response: JobDetail,
  idempotent: true,
});
export const updatePosting = defineRpc('jobs-ingestion', 'employer-posting.update', {
  request: Closed({ posting_id: Uuid(), ...UpdatePostingBody.properties }),
  response: JobDetail,
});
export type UpdatePostingRequest = Static<typeof updatePosting.request>;
export const deletePosting = defineRpc('jobs-ingestion', 'employer-posting.delete', {
  request: Closed({ posting_id: Uuid() }),
  response: Empty,
});

/** Sent when the companies change he may speak for: work of its own, since it waits for whoever is storing postings. */
export const FollowEmployerV1 = defineCommand('jobs-ingestion', 'employer-posting.follow', {
  summary: 'Confirm the open postings of an employer anew, and let the words of each be whose they are.',
  data: Closed({ user_id: Uuid() }),
  sample: { user_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11' },
});
