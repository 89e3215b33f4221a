import { defineCommand, defineRpc } from '../define.js';
import { Closed, Line, Nullable, Page, PageQuery, type Static, StringEnum, Timestamp, Type, Uuid } from '../schema.js';
import { SCRAPE_OUTCOMES, SourceCounts } from './events.js';

const runId = '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d31';

export const StartScrapeRequest = Closed({
  sources: Type.Optional(
    Type.Array(Line(1, 60), { minItems: 1, maxItems: 100, description: 'All enabled sources unless told.' }),
  ),
});
export type StartScrapeRequest = Static<typeof StartScrapeRequest>;

export const StartScrapeResponse = Closed({
  status: StringEnum(['started']),
  job_id: Uuid({ description: 'The run; follow it at /jobs/scrape/runs/{id}.' }),
  message: Type.String({ examples: ['Scraping initiated for 9 sources'] }),
  sources: Type.Array(Type.String()),
});
export type StartScrapeResponse = Static<typeof StartScrapeResponse>;

export const SourceResult = Closed({
  source: Type.String(),
  status: StringEnum(['queued', 'running', 'finished']),
  outcome: Nullable(StringEnum(SCRAPE_OUTCOMES)),
  ...SourceCounts.properties,
  pages: Type.Integer({ minimum: 0 }),
  error: Nullable(Type.String()),
  duration_ms: Nullable(Type.Integer({ minimum: 0 })),
});
export type SourceResult = Static<typeof SourceResult>;

export const RUN_TRIGGERS = ['manual', 'schedule'] as const;
export const ScrapeRun = Closed({
  id: Uuid(),
  status: StringEnum(['running', 'finished']),
  trigger: StringEnum(RUN_TRIGGERS),
  started_at: Timestamp(),
  finished_at: Nullable(Timestamp()),
  totals: SourceCounts,
  sources: Type.Array(SourceResult),
});
export type ScrapeRun = Static<typeof ScrapeRun>;

export const JobSourceState = Closed({
  name: Type.String(),
  display_name: Type.String(),
  enabled: Type.Boolean(),
  /** Why a source cannot be used, e.g. a missing key; null when it can. */
  unavailable_reason: Nullable(Type.String()),
  last_run_at: Nullable(Timestamp()),
  last_success_at: Nullable(Timestamp()),
  last_outcome: Nullable(StringEnum(SCRAPE_OUTCOMES)),
  last_error: Nullable(Type.String()),
  blocked_until: Nullable(Timestamp()),
  postings: Type.Integer({ minimum: 0, description: 'Sightings from this source.' }),
});
export type JobSourceState = Static<typeof JobSourceState>;

export const startScrape = defineRpc('jobs-ingestion', 'scrape-run.start', {
  request: StartScrapeRequest,
  response: StartScrapeResponse,
  idempotent: true,
});
export const listScrapeRuns = defineRpc('jobs-ingestion', 'scrape-run.list', {
  request: Closed({ ...PageQuery }),
  response: Page('runs', ScrapeRun),
});
export const getScrapeRun = defineRpc('jobs-ingestion', 'scrape-run.get', {
  request: Closed({ run_id: Uuid() }),
  response: ScrapeRun,
});
export const listJobSources = defineRpc('jobs-ingestion', 'source.list', {
  request: Closed({}),
  response: Closed({ sources: Type.Array(JobSourceState) }),
});
export const updateJobSource = defineRpc('jobs-ingestion', 'source.update', {
  request: Closed({ name: Line(1, 60), enabled: Type.Boolean() }),
  response: JobSourceState,
});

export const FetchSourceV1 = defineCommand('jobs-ingestion', 'source.fetch', {
  summary: 'Fetch one source of a run, page by page, and store what is new.',
  data: Closed({ run_id: Uuid(), source: Type.String() }),
  sample: { run_id: runId, source: 'arbeitnow' },
});
