import {
  Closed,
  importPostings,
  JobSourceState,
  Line,
  listJobSources,
  listScrapeRuns,
  PageQuery,
  ScrapeRun,
  StartScrapeRequest,
  StartScrapeResponse,
  Type,
  Uuid,
} from '#contracts';
import { operation } from '../http/operation.js';

const tag = 'Job sources';
const access = { role: 'admin' } as const;

export const startScrapeOperation = operation({
  method: 'POST',
  path: '/jobs/scrape',
  operationId: 'startScrape',
  tag,
  summary: 'Fetch jobs from the sources now',
  description: 'Answers at once; follow the run at /jobs/scrape/runs/{id} or, live, on the WebSocket.',
  feature: 'ingestion',
  access,
  scope: 'admin:jobs',
  body: StartScrapeRequest,
  bodyExample: { sources: ['arbeitnow'] },
  status: 202,
  response: StartScrapeResponse,
  idempotent: true,
});

export const listScrapeRunsOperation = operation({
  method: 'GET',
  path: '/jobs/scrape/runs',
  operationId: 'listScrapeRuns',
  tag,
  summary: 'Runs, newest first',
  access,
  scope: 'admin:jobs',
  query: Closed({ ...PageQuery }),
  response: listScrapeRuns.response,
});

export const getScrapeRunOperation = operation({
  method: 'GET',
  path: '/jobs/scrape/runs/{id}',
  operationId: 'getScrapeRun',
  tag,
  summary: 'One run: per source what was fetched, new, duplicate by layer, and what went wrong',
  access,
  scope: 'admin:jobs',
  params: Closed({ id: Uuid({ description: 'Id of the run.' }) }),
  response: ScrapeRun,
  errors: ['NOT_FOUND'],
});

export const listJobSourcesOperation = operation({
  method: 'GET',
  path: '/jobs/sources',
  operationId: 'listJobSources',
  tag,
  summary: 'Sources: whether they are on, why not, and how they fared last',
  access,
  scope: 'admin:jobs',
  response: listJobSources.response,
});

export const updateJobSourceOperation = operation({
  method: 'PUT',
  path: '/jobs/sources/{name}',
  operationId: 'updateJobSource',
  tag,
  summary: 'Switch a source on or off',
  access,
  scope: 'admin:jobs',
  params: Closed({ name: Line(1, 60, { description: 'Name of the source.', examples: ['arbeitnow'] }) }),
  body: Closed({ enabled: Type.Boolean() }),
  bodyExample: { enabled: false },
  response: JobSourceState,
  errors: ['NOT_FOUND'],
});

export const importPostingsOperation = operation({
  method: 'POST',
  path: '/admin/jobs/import',
  operationId: 'importPostings',
  tag,
  summary: 'Store postings of a file',
  description: 'At most 1,000 postings and 1 MB at once; doing it again changes nothing. The CLI splits files.',
  access,
  scope: 'admin:jobs',
  timeoutMs: 30_000,
  body: importPostings.request,
  bodyExample: {
    postings: [
      {
        source: 'my-file',
        source_id: '1',
        title: 'Backend Engineer',
        company: 'Northwind GmbH',
        location: 'Berlin, Germany',
        description: 'TypeScript and PostgreSQL. We offer visa sponsorship.',
        url: 'https://northwind.example/jobs/1',
        posted_at: '2026-11-19T08:00:00Z',
      },
    ],
  },
  response: importPostings.response,
});
