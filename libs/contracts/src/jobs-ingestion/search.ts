import { defineRpc } from '../define.js';
import {
  Closed,
  CountryCode,
  CurrencyCode,
  Line,
  Nullable,
  PageQuery,
  type Static,
  StringEnum,
  Type,
  Uuid,
} from '../schema.js';
import { REMOTE_MODES } from '../identity/events.js';
import { VISA_VERDICTS } from './events.js';
import { EMPLOYMENT_TYPES, JOB_EXPERIENCE_LEVELS, JOB_FIELDS, JobDetail, JobListItem } from './posting.js';

const some = <const V extends readonly string[]>(values: V, options: Record<string, unknown> = {}) =>
  Type.Optional(Type.Array(StringEnum(values), { maxItems: values.length, ...options }));
const words = (maxItems: number, length: number, options: Record<string, unknown> = {}) =>
  Type.Optional(Type.Array(Line(1, length), { maxItems, ...options }));

/** Lists are comma-separated in a query string: one of them has to fit, all of them for `skills`. */
export const JobFilters = {
  q: Type.Optional(
    Line(1, 200, {
      description: 'Words in title, company or text. `"a phrase"`, `or` and `-not` work as in a web search.',
    }),
  ),
  location: Type.Optional(
    Line(1, 120, { description: 'City, region or country as people write it.', examples: ['Berlin'] }),
  ),
  country: Type.Optional(Type.Array(CountryCode(), { maxItems: 40 })),
  visa_support: Type.Optional(
    Type.Boolean({ description: '`true`: the posting clearly offers sponsorship. `false` does not restrict.' }),
  ),
  visa: some(VISA_VERDICTS),
  remote: some(REMOTE_MODES),
  skills: words(20, 80, { description: 'All of them.' }),
  min_salary: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 100_000_000,
      description: 'Per year, in `currency`; what pays less at best is left out.',
    }),
  ),
  max_salary: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000_000 })),
  currency: Type.Optional(
    CurrencyCode({
      description:
        'Amounts are only compared within one currency: this one, else the one of your profile, else the default of the installation.',
    }),
  ),
  include_unknown_salary: Type.Optional(
    Type.Boolean({ description: 'With a salary filter: keep postings that state no salary in that currency.' }),
  ),
  experience_level: some(JOB_EXPERIENCE_LEVELS),
  employment_type: some(EMPLOYMENT_TYPES),
  language: Type.Optional(Type.Array(Type.String({ pattern: '^[a-z]{2}$' }), { maxItems: 20 })),
  company: Type.Optional(Line(1, 200)),
  source: words(20, 60),
  posted_since: Type.Optional(Type.Integer({ minimum: 1, maximum: 3650, description: 'Days.' })),
};

export const SearchJobsRequest = Closed({
  ...JobFilters,
  sort_by: Type.Optional(
    StringEnum(['relevance', 'posted_date', 'salary'], {
      default: 'posted_date',
      description:
        '`relevance` ranks the newest 1,000 hits of `q`; `salary` lists what states one in the compared currency.',
    }),
  ),
  sort_order: Type.Optional(StringEnum(['asc', 'desc'], { default: 'desc' })),
  ...PageQuery,
  cursor: Type.Optional(
    Type.String({
      maxLength: 300,
      description: '`next_cursor` of the page before; stays right while postings arrive.',
    }),
  ),
  fields: some(JOB_FIELDS, { description: 'Only these members of each job.' }),
});
export type SearchJobsRequest = Static<typeof SearchJobsRequest>;

export const SearchJobsResponse = Closed({
  total: Type.Integer({ minimum: 0 }),
  total_is_estimate: Type.Boolean({ description: 'True: there are at least `total`; counting stops there.' }),
  page: Type.Integer({ minimum: 1 }),
  per_page: Type.Integer({ minimum: 1 }),
  total_pages: Type.Integer({ minimum: 0 }),
  next_cursor: Nullable(Type.String()),
  salary_currency: Nullable(CurrencyCode({ description: 'The currency amounts were compared in, when they were.' })),
  // `Partial` makes a new object, which would be open again.
  jobs: Type.Array(Type.Partial(JobListItem, { additionalProperties: false })),
});
export type SearchJobsResponse = Static<typeof SearchJobsResponse>;

export const searchJobs = defineRpc('jobs-ingestion', 'posting.search', {
  caller: 'optional',
  request: SearchJobsRequest,
  response: SearchJobsResponse,
});

export const getJob = defineRpc('jobs-ingestion', 'posting.get', {
  caller: 'optional',
  request: Closed({ posting_id: Uuid() }),
  response: JobDetail,
});
