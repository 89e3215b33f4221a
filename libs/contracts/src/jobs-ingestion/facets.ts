import { defineRpc } from '../define.js';
import { Closed, Nullable, type Static, Type } from '../schema.js';
import { JobFilters } from './search.js';

const Count = Closed({
  value: Nullable(Type.String({ description: 'What to filter by; null: the posting does not say.' })),
  jobs: Type.Integer({ minimum: 1 }),
});
const counts = (description: string) => Type.Array(Count, { maxItems: 20, description });

export const CountFacetsRequest = Closed(JobFilters);
export type CountFacetsRequest = Static<typeof CountFacetsRequest>;

export const CountFacetsResponse = Closed({
  total: Type.Integer({ minimum: 0 }),
  total_is_estimate: Type.Boolean({ description: 'True: there are more; the newest `total` were counted.' }),
  facets: Closed({
    visa: counts('Verdicts, for `visa`.'),
    country: counts('A posting open in several countries counts in each.'),
    remote: counts('Ways of working, for `remote`.'),
    experience_level: counts('Levels.'),
    employment_type: counts('Kinds of contract.'),
    language: counts('Languages of the posting text.'),
    skills: counts('Each adds to the `skills` already asked for.'),
    company: counts('Under the name most of its postings use.'),
    source: counts('An opening seen at several sources counts in each.'),
  }),
});
export type CountFacetsResponse = Static<typeof CountFacetsResponse>;

export const countFacets = defineRpc('jobs-ingestion', 'posting.count-facets', {
  caller: 'optional',
  request: CountFacetsRequest,
  response: CountFacetsResponse,
});
