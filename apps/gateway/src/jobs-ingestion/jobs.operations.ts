import {
  Bookmark,
  bookmarkJob,
  BookmarkNotes,
  Closed,
  CountFacetsRequest,
  CountFacetsResponse,
  JobDetail,
  JobMatchResponse,
  listBookmarks,
  ListBookmarksRequest,
  RecommendJobsRequest,
  RecommendJobsResponse,
  SearchJobsRequest,
  SearchJobsResponse,
  SuggestJobsRequest,
  SuggestJobsResponse,
  Uuid,
} from '#contracts';
import { operation } from '../http/operation.js';

const tag = 'Jobs';
const ById = Closed({ id: Uuid({ description: 'Id of the job.' }) });
const JOB_ID = '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d21';

export const searchJobsOperation = operation({
  method: 'GET',
  path: '/jobs',
  aliases: ['/jobs/matches'],
  operationId: 'searchJobs',
  tag,
  summary: 'Search jobs',
  description: [
    'Newest first unless told. Lists (`skills`, `country`, `visa`, …) are comma-separated.',
    'Go deeper with `cursor=next_cursor`: nothing is skipped or repeated while postings arrive.',
    '`total` stops counting at 1,000 and then says `total_is_estimate`.',
  ].join(' '),
  access: 'optional',
  scope: 'read:jobs',
  limit: 'search',
  query: SearchJobsRequest,
  response: SearchJobsResponse,
  etag: true,
  publicCacheSeconds: 60,
});

export const suggestJobsOperation = operation({
  method: 'GET',
  path: '/jobs/suggest',
  operationId: 'suggestJobs',
  tag,
  summary: 'Words to search for, while they are typed',
  description: [
    'Job titles, skills, employers and places that open jobs have, with how many there are.',
    'What begins with `q` comes first. Places are found by their names in several languages.',
  ].join(' '),
  access: 'optional',
  scope: 'read:jobs',
  query: SuggestJobsRequest,
  response: SuggestJobsResponse,
  etag: true,
  publicCacheSeconds: 60,
});

export const countFacetsOperation = operation({
  method: 'GET',
  path: '/jobs/facets',
  operationId: 'countFacets',
  tag,
  summary: 'Count jobs by what they can be filtered by',
  description: [
    'Takes the filters of GET /jobs. Each list is counted without its own filter, so that it shows what another choice',
    'would bring; `skills` with it. The twenty most frequent values of each, among the newest 5,000 hits.',
  ].join(' '),
  access: 'optional',
  scope: 'read:jobs',
  query: CountFacetsRequest,
  response: CountFacetsResponse,
  etag: true,
  publicCacheSeconds: 60,
});

export const getJobOperation = operation({
  method: 'GET',
  path: '/jobs/{id}',
  operationId: 'getJob',
  tag,
  summary: 'Read one job',
  description: 'With every place it was seen at, why those were taken for one opening, and the words about visas.',
  access: 'optional',
  scope: 'read:jobs',
  params: ById,
  response: JobDetail,
  errors: ['NOT_FOUND'],
  etag: true,
  publicCacheSeconds: 60,
});

export const recommendJobsOperation = operation({
  method: 'GET',
  path: '/jobs/recommendations',
  aliases: ['/jobs/recommended'],
  operationId: 'recommendJobs',
  tag,
  summary: 'Jobs that fit my profile, with reasons',
  description: [
    'The parts of `score_breakdown` that are known add up to `match_score`; what is unknown is null and listed.',
    'Best first; jobs of which less than half of the weight is known (`known_weight`) come last.',
    'At most three jobs of one company. Who needs visa sponsorship sees no job that refuses it.',
  ].join(' '),
  feature: 'recommendations',
  access: 'signed-in',
  scope: 'read:jobs',
  query: RecommendJobsRequest,
  response: RecommendJobsResponse,
  etag: true,
});

export const matchJobOperation = operation({
  method: 'POST',
  path: '/jobs/{id}/match',
  operationId: 'matchJob',
  tag,
  summary: 'Score one job against my profile',
  access: 'signed-in',
  scope: 'read:jobs',
  params: ById,
  response: JobMatchResponse,
  errors: ['NOT_FOUND'],
});

export const bookmarkJobOperation = operation({
  method: 'POST',
  path: '/jobs/{id}/bookmark',
  operationId: 'bookmarkJob',
  tag,
  summary: 'Keep a job',
  description: 'Keeping it again only changes the notes.',
  access: 'signed-in',
  scope: 'write:jobs',
  params: ById,
  body: Closed({ notes: BookmarkNotes }),
  bodyExample: { notes: 'Ask Ana about the team' },
  status: 201,
  response: bookmarkJob.response,
  errors: ['NOT_FOUND'],
  idempotent: true,
});

export const saveJobOperation = operation({
  method: 'POST',
  path: '/saved-jobs',
  operationId: 'saveJob',
  tag,
  summary: 'Keep a job (by id in the body)',
  description: 'The same as POST /jobs/{id}/bookmark.',
  access: 'signed-in',
  scope: 'write:jobs',
  body: Closed({ job_id: Uuid(), notes: BookmarkNotes }),
  bodyExample: { job_id: JOB_ID, notes: 'Ask Ana about the team' },
  status: 201,
  response: Bookmark,
  errors: ['NOT_FOUND'],
  idempotent: true,
});

export const unbookmarkJobOperation = operation({
  method: 'DELETE',
  path: '/jobs/{id}/bookmark',
  aliases: ['/saved-jobs/{id}'],
  operationId: 'unbookmarkJob',
  tag,
  summary: 'Let a kept job go',
  access: 'signed-in',
  scope: 'write:jobs',
  params: ById,
  status: 204,
  errors: ['NOT_FOUND'],
});

export const listBookmarksOperation = operation({
  method: 'GET',
  path: '/jobs/bookmarks',
  aliases: ['/saved-jobs'],
  operationId: 'listBookmarks',
  tag,
  summary: 'Jobs I keep',
  access: 'signed-in',
  scope: 'read:jobs',
  query: ListBookmarksRequest,
  response: listBookmarks.response,
  etag: true,
});
