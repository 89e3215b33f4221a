import 'reflect-metadata';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  ApiDocument,
  describeWithCorpus,
  eventually,
  JOB_SITES,
  type JobSites,
  type JobSiteName,
  startJobSites,
  UNKNOWN_BOARD,
} from '#testing';
import { ApiClient } from './support/api-client.js';
import { type Composed, startComposed } from './support/composed.js';
import { importRequests } from './support/import-files.js';
import { theOwner } from './support/people.js';

type Json = ReturnType<typeof JSON.parse>;

const LAYERS = ['duplicate_url', 'duplicate_fingerprint', 'duplicate_near'] as const;
const SLOW = 300_000;
const FILES_WITH_UNIQUE_IDS = [
  'multi_source_2026_08.jsonl.gz',
  'hn_who_is_hiring_2026_jan_mar.jsonl.gz',
  'newgrad_listings_2023_2024.jsonl.gz',
  'ats_open_jobs_2026_08.jsonl.gz',
];
const FILES = ['linkedin_indeed_2018.jsonl.gz', ...FILES_WITH_UNIQUE_IDS];

describeWithCorpus('recorded answers of seven job sites', (corpus) => {
  let sites: JobSites;
  let platform: Composed;
  let api: ApiClient;
  let token: string;
  let first: Json;

  beforeAll(async () => {
    sites = await startJobSites(corpus);
    platform = await startComposed({
      ...sites.env,
      OUTBOUND_USER_AGENT: 'career-copilot-test (+mailto:a@example.com)',
    });
    api = new ApiClient(platform.url, ApiDocument.read());
    token = await theOwner(api);
  }, 120_000);
  afterAll(async () => {
    await platform?.stop();
    await sites?.stop();
  }, 60_000);

  async function run(): Promise<Json> {
    const started = await api.post('/jobs/scrape', { token, body: { sources: [...JOB_SITES] } });
    expect(started.status).toBe(202);
    return eventually(
      async () => {
        const { body } = await api.get(`/jobs/scrape/runs/${started.body.job_id}`, { token });
        expect(body.status).toBe('finished');
        return body;
      },
      { timeoutMs: SLOW, everyMs: 250 },
    );
  }
  const resultOf = (result: Json, name: JobSiteName): Json =>
    result.sources.find((source: Json) => source.source === name);
  const asked = (name: JobSiteName): string[] =>
    sites.site(name).requests.map(({ path, query }) => `${path}?${new URLSearchParams(query).toString()}`);
  /** Lets the time pass that the terms of the sites ask for between two visits. */
  const aDayLater = () =>
    platform.database.admin(`UPDATE jobs.source_state SET last_success_at = last_success_at - interval '1 day'`);

  it(
    'are fetched whole: as many as were recorded, each counted once',
    async () => {
      first = await run();
      for (const name of JOB_SITES) {
        const { fetched, rejected, created, changed, unchanged, outcome, ...rest } = resultOf(first, name);
        const duplicates = LAYERS.reduce((sum, layer) => sum + Number(rest[layer]), 0);
        expect([name, outcome, fetched]).toEqual([name, 'ok', sites.items[name].length]);
        expect([name, created + changed + unchanged + rejected + duplicates]).toEqual([name, fetched]);
      }
      expect(first.totals.created).toBeGreaterThan(300);
      // One board of two is gone: said, and no reason to drop the other.
      expect(resultOf(first, 'greenhouse').error).toContain('404');
    },
    SLOW,
  );

  it('are asked for as the sites document it', () => {
    expect(asked('arbeitnow')).toEqual(['/api/job-board-api?page=1', '/api/job-board-api?page=2']);
    expect(asked('themuse')).toEqual(
      Array.from({ length: 9 }, (_, page) => `/api/public/jobs?page=${page + 1}&descending=true`),
    );
    expect(asked('remotive')).toEqual(['/api/remote-jobs?']);
    expect(asked('himalayas')).toHaveLength(9);
    expect(asked('himalayas')[0]).toBe('/jobs/api?limit=20');
    for (const query of asked('himalayas').slice(1)) expect(query).toMatch(/^\/jobs\/api\?limit=20&cursor=\w+$/);
    expect(asked('greenhouse')).toEqual(
      ['gitlab', UNKNOWN_BOARD].map((board) => `/v1/boards/${board}/jobs?content=true&pay_transparency=true`),
    );
    expect(asked('lever')).toEqual(['/v0/postings/spotify?mode=json']);
    expect(asked('ashby')).toEqual(['/posting-api/job-board/truelogic?includeCompensation=true']);
  });

  it('are asked for politely: by name, for JSON, one at a time, without cookies or keys', () => {
    for (const name of JOB_SITES) {
      expect([name, sites.site(name).mostAtOnce]).toEqual([name, 1]);
      for (const { method, headers } of sites.site(name).requests) {
        expect([name, method, headers['user-agent']]).toEqual([
          name,
          'GET',
          'career-copilot-test (+mailto:a@example.com)',
        ]);
        expect(headers.accept).toContain('application/json');
        for (const header of ['cookie', 'authorization', 'referer', 'if-none-match']) {
          expect([name, header, headers[header]]).toEqual([name, header, undefined]);
        }
      }
    }
  });

  it('become postings with address, day, text and who to thank; pay only where it was stated', async () => {
    for (const name of JOB_SITES) {
      const { body } = await api.get(`/jobs?source=${name}&per_page=100`, { token });
      expect([name, body.total > 0]).toEqual([name, true]);
      for (const job of body.jobs) {
        expect([name, job.source, /^https:\/\//.test(job.url), /^\d{4}-/.test(job.posted_date)]).toEqual([
          name,
          name,
          true,
          true,
        ]);
        expect(job.salary_min === 0 || job.salary_max === 0).toBe(false);
        expect(job.salary_min !== null && job.currency === null).toBe(false);
      }
      const detail = await api.get(`/jobs/${body.jobs[0].id}`, { token });
      expect(detail.body.attribution.url).toMatch(/^https:\/\//);
      expect(detail.body.description.length).toBeGreaterThan(100);
      expect(detail.body.description_html ?? '').not.toMatch(/<script|onerror=|javascript:/i);
    }
    const paid = await api.get('/jobs?source=himalayas&min_salary=50000&currency=USD', { token });
    expect(paid.body.total).toBeGreaterThan(5);
  });

  it(
    'are left alone when asked again too soon',
    async () => {
      const before = sites.requests().length;
      const again = await run();
      expect(sites.requests().length - before).toBeLessThanOrEqual(0);
      for (const name of JOB_SITES) {
        expect(resultOf(again, name)).toMatchObject({ outcome: 'unchanged', fetched: 0, created: 0 });
      }
    },
    SLOW,
  );

  it(
    'bring nothing new the next day: 304 where a site can, known postings elsewhere',
    async () => {
      await aDayLater();
      const before = new Map(JOB_SITES.map((name) => [name, sites.site(name).requests.length]));
      const nextDay = await run();
      expect(nextDay.totals.created).toBe(0);
      for (const name of ['remotive', 'lever', 'ashby'] as const) {
        const [request] = sites.site(name).requests.slice(before.get(name));
        expect([name, request?.status]).toEqual([name, 304]);
        expect(request?.headers['if-none-match']).toMatch(/^W\/"/);
        expect(resultOf(nextDay, name)).toMatchObject({ outcome: 'unchanged', fetched: 0 });
      }
      const [board] = sites.site('greenhouse').requests.slice(before.get('greenhouse'));
      expect(board?.status).toBe(304);
      for (const name of ['arbeitnow', 'themuse', 'himalayas'] as const) {
        const { fetched, unchanged, rejected, ...rest } = resultOf(nextDay, name);
        const duplicates = LAYERS.reduce((sum, layer) => sum + Number(rest[layer]), 0);
        expect([name, fetched]).toEqual([name, sites.items[name].length]);
        expect([name, unchanged + duplicates + rejected]).toEqual([name, fetched]);
      }
    },
    SLOW,
  );

  it('can be joined by more than 10,000 postings of files; importing them again changes nothing', async () => {
    const importAll = async (files: readonly string[], most: number): Promise<Record<string, number>> => {
      const sums: Record<string, number> = {};
      for await (const postings of importRequests(corpus, files, most)) {
        const answer = await api.post('/admin/jobs/import', { token, body: { postings } });
        expect(answer.status).toBe(200);
        // The 2018 file uses some ids twice; what is stored together counts such a posting once.
        const keys = new Set(postings.map((posting) => `${posting.source} ${posting.source_id}`));
        expect(answer.body.counts.fetched).toBeGreaterThanOrEqual(keys.size);
        expect(answer.body.counts.fetched).toBeLessThanOrEqual(postings.length);
        for (const [name, count] of Object.entries(answer.body.counts)) sums[name] = (sums[name] ?? 0) + Number(count);
      }
      return sums;
    };
    const started = performance.now();
    const sums = await importAll(FILES, 4_000);
    const perSecond = Math.round((sums.fetched ?? 0) / ((performance.now() - started) / 1000));
    process.stdout.write(`\nimported: ${JSON.stringify(sums)}, ${perSecond} a second\n`);
    expect(sums.fetched).toBeGreaterThanOrEqual(10_000);
    expect(sums.created).toBeGreaterThan(5_000);
    for (const layer of LAYERS) expect([layer, (sums[layer] ?? 0) > 0]).toEqual([layer, true]);
    const { body } = await api.get('/jobs?per_page=1&source=sample-feed', { token });
    expect(body.total).toBe(0);

    const [before] = await platform.database.admin('SELECT count(*)::int AS n FROM jobs.posting');
    const again = await importAll(FILES_WITH_UNIQUE_IDS, 500);
    process.stdout.write(`imported again: ${JSON.stringify(again)}\n`);
    const [after] = await platform.database.admin('SELECT count(*)::int AS n FROM jobs.posting');
    expect([again.created, again.changed, after]).toEqual([0, 0, before]);
  }, 600_000);
});
