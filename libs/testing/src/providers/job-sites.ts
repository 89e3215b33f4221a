import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type RecordedRequest, RecordedSite, type SiteAnswer } from './recorded-server.js';

export type { RecordedRequest } from './recorded-server.js';

type Item = Readonly<Record<string, unknown>>;

export const JOB_SITES = ['arbeitnow', 'themuse', 'remotive', 'himalayas', 'greenhouse', 'lever', 'ashby'] as const;
export type JobSiteName = (typeof JOB_SITES)[number];

export interface JobSites {
  /** Settings that send jobs-ingestion here instead of to the real sites. */
  env: Readonly<Record<string, string>>;
  /** Items a site hands out in full, over all its pages. */
  items: Readonly<Record<JobSiteName, readonly Item[]>>;
  site(name: JobSiteName): RecordedSite;
  /** In the order they came. */
  requests(): readonly RecordedRequest[];
  stop(): Promise<void>;
}

/** A company that has no board, asked beside one that has. */
export const UNKNOWN_BOARD = 'no-such-company';

/** Serves the recorded answers of `CORPUS_DIR/api_responses` the way the sites do, each on a host of its own. */
export async function startJobSites(corpus: string): Promise<JobSites> {
  const read = (path: string): unknown => {
    const bytes = readFileSync(join(corpus, 'api_responses', path));
    return JSON.parse((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
  };
  const arbeitnow = ['arbeitnow_page_2026-04-23', 'arbeitnow_2026-08'].map((name) =>
    listAt(read(`arbeitnow/${name}.json`), 'data'),
  );
  const remotive = ['remotive_2026-04-23', 'remotive_2026-08'].flatMap((name) =>
    listAt(read(`remotive/${name}.json`), 'jobs'),
  );
  const items: Record<JobSiteName, readonly Item[]> = {
    arbeitnow: arbeitnow.flat(),
    themuse: listAt(read('themuse/themuse_results_2026-08.json.gz'), 'results'),
    remotive,
    himalayas: listAt(read('himalayas/himalayas_jobs_2026-08.json.gz'), 'jobs'),
    greenhouse: listAt(read('greenhouse/greenhouse_gitlab.json'), 'jobs'),
    lever: listAt({ all: read('lever/lever_spotify.json') }, 'all'),
    ashby: listAt(read('ashby/ashby_2026-08.json'), 'jobs'),
  };
  const sites: Record<JobSiteName, RecordedSite> = {
    arbeitnow: new RecordedSite('arbeitnow', ({ path, query }) =>
      path === '/api/job-board-api' ? arbeitnowPage(arbeitnow, numberOf(query, 'page', 1)) : NOTHING,
    ),
    themuse: new RecordedSite('themuse', ({ path, query }) =>
      path === '/api/public/jobs' ? musePage(items.themuse, numberOf(query, 'page', -1)) : NOTHING,
    ),
    remotive: new RecordedSite('remotive', ({ path }) =>
      path === '/api/remote-jobs'
        ? {
            body: { '0-legal-notice': 'Link back to Remotive.', 'job-count': remotive.length, jobs: remotive },
            conditional: true,
          }
        : NOTHING,
    ),
    himalayas: new RecordedSite('himalayas', ({ path, query }) =>
      path === '/jobs/api' ? himalayasPage(items.himalayas, query) : NOTHING,
    ),
    greenhouse: new RecordedSite('greenhouse', ({ path }) =>
      path === '/v1/boards/gitlab/jobs'
        ? { body: { jobs: items.greenhouse, meta: { total: items.greenhouse.length } }, conditional: true }
        : { status: 404, body: { status: 404, error: 'Job not found' } },
    ),
    lever: new RecordedSite('lever', ({ path }) =>
      path === '/v0/postings/spotify'
        ? { body: items.lever, conditional: true }
        : { status: 404, body: { ok: false, error: 'Document not found' } },
    ),
    // Board names are case-sensitive.
    ashby: new RecordedSite('ashby', ({ path }) =>
      path === '/posting-api/job-board/truelogic'
        ? { body: { jobs: items.ashby, apiVersion: '1' }, conditional: true }
        : NOTHING,
    ),
  };
  const all = Object.values(sites);
  await Promise.all(all.map((site) => site.start()));
  return {
    items,
    site: (name) => sites[name],
    requests: () => all.flatMap((site) => site.requests),
    stop: async () => {
      await Promise.all(all.map((site) => site.stop()));
    },
    env: {
      ARBEITNOW_BASE_URL: sites.arbeitnow.url,
      THEMUSE_BASE_URL: sites.themuse.url,
      REMOTIVE_BASE_URL: sites.remotive.url,
      HIMALAYAS_BASE_URL: sites.himalayas.url,
      GREENHOUSE_BASE_URL: sites.greenhouse.url,
      GREENHOUSE_BOARDS: `gitlab=GitLab,${UNKNOWN_BOARD}`,
      LEVER_BASE_URL: sites.lever.url,
      LEVER_EU_BASE_URL: sites.lever.url,
      LEVER_SITES: 'spotify=Spotify',
      ASHBY_BASE_URL: sites.ashby.url,
      ASHBY_BOARDS: 'truelogic=Truelogic',
    },
  };
}

const NOTHING: SiteAnswer = { status: 404, body: { error: 'Not Found' } };

function arbeitnowPage(pages: readonly (readonly Item[])[], page: number): SiteAnswer {
  const link = (to: number): string => `https://www.arbeitnow.com/api/job-board-api?page=${to}`;
  const data = pages[page - 1] ?? [];
  return {
    headers: { 'x-ratelimit-limit': '60', 'x-ratelimit-remaining': String(60 - page) },
    body: {
      data,
      links: {
        first: link(1),
        last: null,
        prev: page > 1 ? link(page - 1) : null,
        next: page < pages.length ? link(page + 1) : null,
      },
      meta: { current_page: page, path: link(page).split('?')[0], per_page: 100, from: 1, to: data.length },
    },
  };
}

const MUSE_PAGE = 20;
/** From here on the API refuses, however many pages it announces. */
const MUSE_REFUSES_FROM = 100;

function musePage(results: readonly Item[], page: number): SiteAnswer {
  const headers = { 'x-ratelimit-limit': '500', 'x-ratelimit-remaining': '499', 'x-ratelimit-reset': '3600' };
  if (page < 0) return { status: 400, body: { code: 400, error: 'page is required' }, headers };
  if (page >= MUSE_REFUSES_FROM) return { status: 400, body: { code: 400, error: 'page is too large' }, headers };
  const from = Math.max(0, page - 1) * MUSE_PAGE;
  return {
    headers,
    body: {
      page,
      page_count: Math.ceil(results.length / MUSE_PAGE),
      items_per_page: MUSE_PAGE,
      total: results.length,
      results: results.slice(from, from + MUSE_PAGE),
    },
  };
}

const HIMALAYAS_PAGE = 20;

function himalayasPage(jobs: readonly Item[], query: URLSearchParams): SiteAnswer {
  const limit = numberOf(query, 'limit', HIMALAYAS_PAGE);
  if (limit > HIMALAYAS_PAGE) return { status: 400, body: { error: `limit must be at most ${HIMALAYAS_PAGE}` } };
  const cursor = query.get('cursor');
  const offset = cursor === null ? 0 : Number(Buffer.from(cursor, 'base64url').toString());
  const next = offset + limit;
  return {
    body: {
      comments: 'Jobs by Himalayas',
      updatedAt: 1_786_500_000,
      limit,
      totalCount: jobs.length,
      nextCursor: next < jobs.length ? Buffer.from(String(next)).toString('base64url') : null,
      jobs: jobs.slice(offset, next),
    },
  };
}

function numberOf(query: URLSearchParams, name: string, otherwise: number): number {
  const value = Number(query.get(name) ?? otherwise);
  return Number.isInteger(value) ? value : otherwise;
}

const isItem = (value: unknown): value is Item => typeof value === 'object' && value !== null;

function listAt(recorded: unknown, key: string): Item[] {
  const list: unknown = isItem(recorded) ? recorded[key] : undefined;
  if (!Array.isArray(list)) throw new Error(`the recorded answer has no list '${key}'`);
  return list.filter(isItem);
}
