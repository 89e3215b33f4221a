import { defineRpc } from '../define.js';
import { Closed, Line, type Static, StringEnum, Type } from '../schema.js';

export const SUGGESTION_KINDS = ['title', 'skill', 'company', 'location'] as const;

export const SuggestJobsRequest = Closed({
  q: Line(2, 80, { description: 'The beginning of one or more words, as far as typed.', examples: ['typesc'] }),
  kinds: Type.Optional(
    Type.Array(StringEnum(SUGGESTION_KINDS), { maxItems: SUGGESTION_KINDS.length, description: 'All unless told.' }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 20, default: 5, description: 'Of each kind.' })),
});
export type SuggestJobsRequest = Static<typeof SuggestJobsRequest>;

export const SuggestJobsResponse = Closed({
  suggestions: Type.Array(
    Closed({
      kind: StringEnum(SUGGESTION_KINDS, {
        description: 'Which parameter of GET /jobs takes the text: `q`, `skills`, `company` or `location`.',
      }),
      text: Type.String({ examples: ['TypeScript'] }),
      jobs: Type.Integer({ minimum: 1, description: 'Open jobs it stands for, as of some minutes ago.' }),
    }),
  ),
});
export type SuggestJobsResponse = Static<typeof SuggestJobsResponse>;

export const suggestJobs = defineRpc('jobs-ingestion', 'posting.suggest', {
  caller: 'optional',
  request: SuggestJobsRequest,
  response: SuggestJobsResponse,
});
