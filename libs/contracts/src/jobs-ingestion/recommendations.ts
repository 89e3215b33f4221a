import { defineRpc } from '../define.js';
import { Closed, Nullable, type Static, StringEnum, Type, Uuid } from '../schema.js';
import { VISA_VERDICTS } from './events.js';
import { JobListItem } from './posting.js';

const part = Nullable(Type.Number({ description: 'Points of the score; null: nothing is known about it.' }));

export const MatchExplanation = Closed({
  matching_skills: Type.Array(Type.String()),
  missing_skills: Type.Array(Type.String()),
  location_match: Type.String({ examples: ['Berlin is one of your places.'] }),
  salary_match: Type.String({ examples: ['The posting does not state a salary.'] }),
  experience_match: Type.String(),
  score_breakdown: Closed(
    {
      skill_match: part,
      location_match: part,
      experience_match: part,
      salary_match: part,
      company_culture: part,
      growth_potential: part,
      recency: part,
    },
    { description: 'The parts that are known add up to `match_score` exactly.' },
  ),
  known_weight: Type.Number({ description: 'Share (0 to 1) of the full weight that could be judged at all.' }),
  unknown: Type.Array(Type.String(), { description: 'Parts that say nothing, because a fact is missing.' }),
  visa: Closed({
    needed: Nullable(Type.Boolean({ description: 'What your profile says; null when it does not.' })),
    verdict: StringEnum(VISA_VERDICTS),
    note: Type.String(),
  }),
});
export type MatchExplanation = Static<typeof MatchExplanation>;

export const JobRecommendation = Closed({
  job: JobListItem,
  match_score: Type.Number({ minimum: 0, maximum: 100 }),
  explanation: MatchExplanation,
});
export type JobRecommendation = Static<typeof JobRecommendation>;

export const RecommendJobsRequest = Closed({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
  min_score: Type.Optional(Type.Number({ minimum: 0, maximum: 100, default: 30 })),
});
export type RecommendJobsRequest = Static<typeof RecommendJobsRequest>;

export const RecommendJobsResponse = Closed({
  recommendations: Type.Array(JobRecommendation),
  total: Type.Integer({ minimum: 0 }),
  profile_version: Nullable(Type.Integer({ description: 'The profile they rest on; null: no profile yet.' })),
  note: Nullable(Type.String({ description: 'What to do when there is little to recommend.' })),
});
export type RecommendJobsResponse = Static<typeof RecommendJobsResponse>;

export const recommendJobs = defineRpc('jobs-ingestion', 'posting.recommend', {
  request: RecommendJobsRequest,
  response: RecommendJobsResponse,
});

export const JobMatchResponse = Closed({
  job_id: Uuid(),
  match_score: Nullable(
    Type.Number({ minimum: 0, maximum: 100, description: 'Null when nothing about the two can be compared yet.' }),
  ),
  explanation: MatchExplanation,
  reasons: Type.Array(Type.String()),
  skills_to_learn: Type.Array(Type.String()),
});
export type JobMatchResponse = Static<typeof JobMatchResponse>;

export const matchJob = defineRpc('jobs-ingestion', 'posting.match', {
  request: Closed({ posting_id: Uuid() }),
  response: JobMatchResponse,
});
