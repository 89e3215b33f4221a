import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  bookmarkJob,
  type Caller,
  FetchSourceV1,
  getJob,
  getPostingSnapshot,
  getScrapeRun,
  importPostings,
  type JobRecommendation,
  listBookmarks,
  listJobSources,
  listScrapeRuns,
  liveSubject,
  matchJob,
  type MatchProfile,
  ProfileUpdatedV1,
  recommendJobs,
  searchJobs,
  startScrape,
  type Static,
  unbookmarkJob,
  updateJobSource,
} from '#contracts';
import { newId } from '#kernel';
import { eventually } from '#testing';
import { admin, type JobsApp, type JobsWorld, startWorld, user } from './jobs-app.js';

// Runs wait for a server that other suites share.
jest.setTimeout(30_000);

const item = (slug: string, changes: Record<string, unknown> = {}) => ({
  slug,
  company_name: `${slug} Werke GmbH`,
  title: `${slug} Engineer`,
  description: `<p>You look after the ${slug} systems of a company that makes ${slug} things.</p>`,
  remote: false,
  url: `https://jobs.example/${slug}`,
  tags: [],
  job_types: ['full time'],
  location: 'Berlin',
  created_at: Math.floor(Date.now() / 1000) - 3600,
  ...changes,
});

const profile = (userId: string, changes: Partial<Static<typeof MatchProfile>> = {}): Static<typeof MatchProfile> => ({
  user_id: userId,
  version: 1,
  skills: ['TypeScript', 'postgres', 'k8s'],
  experience_level: 'senior',
  experience_years: 9,
  preferred_locations: [{ city: 'Berlin', country: 'DE' }],
  remote_preference: 'any',
  salary_min: 70_000,
  salary_max: 90_000,
  currency: 'EUR',
  visa_sponsorship_required: true,
  ...changes,
});

const fitting = (slug: string, more = '') =>
  item(slug, {
    title: 'Senior Platform Engineer',
    description: `<p>For ${slug}: TypeScript, PostgreSQL and Kubernetes every day. Pay 75,000 - 95,000 EUR per year. ${more}</p>`,
    location: 'Berlin, Germany',
  });

describe('the service on its bus', () => {
  let world: JobsWorld;
  let app: JobsApp;
  let board: Server;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  const boss = admin();

  const pages = (...all: object[][]) => {
    answer = (request, response) => {
      const page = Number(new URL(request.url ?? '/', 'http://board').searchParams.get('page'));
      const next = page < all.length ? `?page=${page + 1}` : null;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ data: all[page - 1] ?? [], links: { next } }));
    };
  };
  const settings = () => ({
    ARBEITNOW_ENABLED: 'true',
    ARBEITNOW_BASE_URL: `http://127.0.0.1:${(board.address() as AddressInfo).port}`,
  });
  /** As if the hour its terms ask for had passed. */
  const letItBeAskedAgain = () =>
    world.db.admin(`UPDATE jobs.source_state SET last_success_at = NULL, blocked_until = NULL`);
  const finished = (runId: string, of = app) =>
    eventually(
      async () => {
        const run = await of.ask(getScrapeRun, { run_id: runId }, boss);
        expect(run.status).toBe('finished');
        return run;
      },
      { timeoutMs: 20_000, everyMs: 50 },
    );
  const run = async () => {
    await letItBeAskedAgain();
    const { job_id: runId } = await app.ask(startScrape, { sources: ['arbeitnow'] }, boss);
    return finished(runId);
  };
  const told = async (type: string, runId?: string) =>
    world.db.admin<{ data: Record<string, unknown> }>(
      `SELECT payload::jsonb -> 'data' AS data FROM jobs.outbox WHERE subject LIKE $1 AND ($2::text IS NULL OR payload LIKE '%' || $2 || '%') ORDER BY id`,
      [`%.${type}.%`, runId ?? null],
    );
  const jobOf = async (q: string): Promise<string> => {
    const { jobs } = await app.ask(searchJobs, { q });
    return jobs[0]?.id ?? '';
  };

  beforeAll(async () => {
    board = createServer((request, response) => {
      answer(request, response);
    });
    await new Promise<void>((resolve) => board.listen(0, '127.0.0.1', resolve));
    pages([]);
    world = await startWorld();
    app = await world.start(settings());
  }, 90_000);
  afterAll(async () => {
    await world.stop();
    board.closeAllConnections();
    await new Promise((resolve) => board.close(resolve));
  }, 30_000);

  describe('a run', () => {
    it('fetches page by page, counts, pushes progress to who asked, and ends exactly once', async () => {
      const pushed: { type: string; data: { status: string } }[] = [];
      await world.bus.subscribe(liveSubject(boss.user_id), (message) => {
        pushed.push(JSON.parse(Buffer.from(message.payload).toString('utf8')) as (typeof pushed)[number]);
      });
      pages(
        [item('alpha'), item('beta'), { title: 'no id' }],
        [item('gamma'), item('alpha-again', { ...item('alpha'), slug: 'alpha-2' })],
      );
      const first = await run();
      expect(first).toMatchObject({
        status: 'finished',
        trigger: 'manual',
        totals: { fetched: 5, created: 3, rejected: 1, duplicate_url: 1, unchanged: 0 },
        sources: [{ source: 'arbeitnow', status: 'finished', outcome: 'ok', pages: 2, error: null }],
      });
      expect(await told('scrape.started', first.id)).toHaveLength(1);
      expect(await told('scrape.source-finished', first.id)).toHaveLength(1);
      expect(await told('scrape.finished', first.id)).toHaveLength(1);
      await eventually(() => {
        expect(pushed.map((message) => message.type)).toContain('scrape_progress');
        expect(pushed.at(-1)?.data.status).toBe('finished');
      });
      const again = await run();
      expect(again.totals).toMatchObject({ fetched: 5, created: 0, unchanged: 4, rejected: 1 });
      const listed = await app.ask(listScrapeRuns, { per_page: 1 }, boss);
      expect(listed).toMatchObject({ total: 2, runs: [{ id: again.id }] });
    });

    it('does its work once, though the command is delivered twice', async () => {
      pages([item('delta')]);
      const done = await run();
      const before = await world.db.admin('SELECT count(*)::int AS n FROM jobs.outbox');
      const [command] = await world.db.admin<{ payload: string }>(
        `SELECT payload FROM jobs.outbox WHERE subject = $1 AND payload LIKE '%' || $2 || '%'`,
        [FetchSourceV1.subject, done.id],
      );
      await world.bus.append(FetchSourceV1.stream, newId(), {
        subject: FetchSourceV1.subject,
        payload: Buffer.from(command?.payload ?? ''),
        headers: {},
      });
      await new Promise((resolve) => setTimeout(resolve, 700));
      expect(await world.db.admin('SELECT count(*)::int AS n FROM jobs.outbox')).toEqual(before);
      expect((await finished(done.id)).totals).toEqual(done.totals);
    });

    it('goes on at another replica when this one goes down, and still counts each posting once', async () => {
      await letItBeAskedAgain();
      await app.stop();
      const dying = await world.start(settings());
      let stuck = (): void => undefined;
      const hangs = new Promise<void>((resolve) => (stuck = resolve));
      const all = [[item('epsilon'), item('zeta')], [item('eta')]];
      pages(...all);
      const serve = answer;
      answer = (request, response) => {
        // The second page never comes, until the first replica is gone.
        if (request.url?.includes('page=2') === true) stuck();
        else serve(request, response);
      };
      const { job_id: runId } = await dying.ask(startScrape, { sources: ['arbeitnow'] }, boss);
      await hangs;
      pages(...all);
      app = await world.start(settings());
      await dying.stop();
      const ended = await finished(runId);
      expect(ended.totals).toMatchObject({ fetched: 3, created: 3, unchanged: 0 });
      expect(await told('scrape.finished', runId)).toHaveLength(1);
    }, 40_000);

    it('tells refusing and failing apart from having nothing', async () => {
      answer = (_request, response) => {
        response.statusCode = 403;
        response.end();
      };
      expect((await run()).sources[0]).toMatchObject({ outcome: 'blocked', error: expect.stringContaining('403') });
      answer = (_request, response) => {
        response.setHeader('content-type', 'text/html');
        response.end('<h1>Maintenance</h1>');
      };
      expect((await run()).sources[0]).toMatchObject({ outcome: 'failed' });
      pages([]);
      expect((await run()).sources[0]).toMatchObject({ outcome: 'ok', fetched: 0, error: null });
      const { sources } = await app.ask(listJobSources, {}, boss);
      expect(sources.find(({ name }) => name === 'arbeitnow')).toMatchObject({ enabled: true, last_outcome: 'ok' });
    });

    it('does not ask a source more often than its terms allow', async () => {
      const { job_id: runId } = await app.ask(startScrape, { sources: ['arbeitnow'] }, boss);
      const { sources } = await finished(runId);
      expect(sources[0]).toMatchObject({ outcome: 'unchanged', fetched: 0, error: expect.stringContaining('terms') });
    });

    it('starts what is switched on, and names a source that is none', async () => {
      await expect(app.ask(startScrape, { sources: ['linkedout'] }, boss)).rejects.toMatchObject({
        code: 'VALIDATION_ERROR',
        details: [{ field: 'sources.0', message: expect.stringContaining('arbeitnow') }],
      });
      expect(await app.ask(updateJobSource, { name: 'arbeitnow', enabled: false }, boss)).toMatchObject({
        enabled: false,
      });
      const empty = await app.ask(startScrape, {}, boss);
      expect(empty.sources).toEqual([]);
      expect((await finished(empty.job_id)).totals.fetched).toBe(0);
      expect(await app.ask(updateJobSource, { name: 'arbeitnow', enabled: true }, boss)).toMatchObject({
        enabled: true,
      });
      await expect(app.ask(updateJobSource, { name: 'linkedout', enabled: true }, boss)).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
    });

    it('is for admins', async () => {
      await expect(app.ask(startScrape, {}, user())).rejects.toMatchObject({ code: 'FORBIDDEN' });
      await expect(app.ask(listScrapeRuns, {}, user())).rejects.toMatchObject({ code: 'FORBIDDEN' });
      await expect(app.ask(importPostings, { postings: [importedJob('x')] }, user())).rejects.toMatchObject({
        code: 'FORBIDDEN',
      });
    });
  });

  const importedJob = (id: string, changes: object = {}) => ({
    source: 'a-file',
    source_id: id,
    title: `Imported ${id} Gardener`,
    company: `Parkwerk ${id}`,
    location: 'Vienna, Austria',
    description: `Plants of the ${id} kind need you.`,
    url: `https://park.example/${id}`,
    posted_at: '2026-11-01T00:00:00Z',
    ...changes,
  });

  it('imports a file like any source, once, and says what it could not use', async () => {
    const request = { postings: [importedJob('one'), importedJob('two'), importedJob('none', { title: '&nbsp;' })] };
    const first = await app.ask(importPostings, request, boss);
    expect(first).toMatchObject({
      counts: { fetched: 3, created: 2, rejected: 1 },
      rejected: [{ index: 2, source_id: 'none', reason: 'no title' }],
    });
    expect((await app.ask(importPostings, request, boss)).counts).toMatchObject({ created: 0, unchanged: 2 });
    expect((await app.ask(searchJobs, { location: 'Wien', q: 'gardener' })).total).toBe(2);
  });

  describe('matches and recommendations', () => {
    const matches = async (caller: Caller) =>
      (await told('match.found')).map(({ data }) => data).filter((data) => data['user_id'] === caller.user_id);
    const profileOf = async (caller: Caller, changes: Partial<Static<typeof MatchProfile>> = {}) => {
      const data = profile(caller.user_id, changes);
      await world.publish(ProfileUpdatedV1, data);
      await eventually(async () => {
        const rows = await world.db.admin('SELECT version FROM jobs.match_profile WHERE user_id = $1', [
          caller.user_id,
        ]);
        expect(rows).toEqual([{ version: data.version }]);
      });
    };
    const recommended = async (caller: Caller, limit = 50): Promise<JobRecommendation[]> =>
      (await app.ask(recommendJobs, { limit, min_score: 0 }, caller)).recommendations;

    it('tells a new person of what fits already, and of new postings, each once', async () => {
      pages([fitting('theta', 'We offer visa sponsorship.'), item('iota')]);
      await run();
      const ada = user();
      await profileOf(ada);
      await eventually(async () => {
        expect(await matches(ada)).toMatchObject([{ title: 'Senior Platform Engineer', company: 'theta Werke GmbH' }]);
      });
      pages([
        fitting('kappa', 'We offer visa sponsorship.'),
        fitting('lambda', 'We cannot offer visa sponsorship.'),
        item('mu'),
      ]);
      await run();
      await eventually(async () => {
        expect((await matches(ada)).map((match) => match['company'])).toEqual(['theta Werke GmbH', 'kappa Werke GmbH']);
      });
      // Another version of the same profile finds the same postings, and says nothing.
      await profileOf(ada, { version: 2, salary_max: 91_000 });
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(await matches(ada)).toHaveLength(2);
      for (const match of await matches(ada)) expect(match['score']).toBeGreaterThanOrEqual(80);
    });

    it('ignores a profile that is older than the one it has', async () => {
      const bob = user();
      await profileOf(bob, { version: 5, skills: ['Rust'] });
      await world.publish(ProfileUpdatedV1, profile(bob.user_id, { version: 4, skills: ['Cobol'] }));
      await new Promise((resolve) => setTimeout(resolve, 500));
      const rows = await world.db.admin('SELECT version, skills FROM jobs.match_profile WHERE user_id = $1', [
        bob.user_id,
      ]);
      expect(rows).toEqual([{ version: 5, skills: ['Rust'] }]);
    });

    it('recommends with a score that adds up and reasons that say what is unknown', async () => {
      const eve = user();
      await profileOf(eve);
      const list = await recommended(eve);
      expect(list.length).toBeGreaterThan(2);
      const best = list[0];
      expect(best?.job.title).toBe('Senior Platform Engineer');
      expect(best?.explanation).toMatchObject({
        matching_skills: expect.arrayContaining(['TypeScript', 'PostgreSQL', 'Kubernetes']),
        location_match: 'Perfect match: Berlin',
        salary_match: expect.stringContaining('Within your range'),
        visa: { needed: true, verdict: 'yes' },
      });
      for (const { match_score: score, explanation } of list) {
        const parts = Object.values(explanation.score_breakdown).reduce<number>((sum, one) => sum + (one ?? 0), 0);
        expect(Math.round(parts * 10)).toBe(Math.round(score * 10));
        expect(explanation.unknown).toEqual(expect.arrayContaining(['company_culture', 'growth_potential']));
        expect(explanation.visa.verdict).not.toBe('no');
      }
      const founded = list.filter(({ explanation }) => explanation.known_weight >= 0.5);
      expect(list.slice(0, founded.length)).toEqual(founded);
      const scores = founded.map(({ match_score: score }) => score);
      expect(scores).toEqual([...scores].sort((a, b) => b - a));
    });

    it('shows at most three of one company, and follows a changed profile at once', async () => {
      pages(
        ['one', 'two', 'three', 'four', 'five'].map((slug) => ({
          ...fitting(`nu-${slug}`),
          title: `Senior ${slug} Engineer`,
          company_name: 'Omnicorp AG',
        })),
      );
      await run();
      const dan = user();
      await profileOf(dan, { visa_sponsorship_required: false });
      const list = await recommended(dan);
      expect(list.filter(({ job }) => job.company === 'Omnicorp AG')).toHaveLength(3);
      await profileOf(dan, { version: 2, skills: ['Gardening'], preferred_locations: [{ city: null, country: 'AT' }] });
      expect((await recommended(dan))[0]?.job.country).toBe('AT');
    });

    it('says what to do when there is no profile, and scores one job for anybody', async () => {
      const nobody = user();
      expect(await app.ask(recommendJobs, {}, nobody)).toMatchObject({
        recommendations: [],
        profile_version: null,
        note: expect.any(String),
      });
      const postingId = await jobOf('theta');
      const unknown = await app.ask(matchJob, { posting_id: postingId }, nobody);
      expect(unknown.explanation.unknown).toContain('skill_match');
      const ada = user();
      await profileOf(ada, { skills: ['TypeScript'] });
      const match = await app.ask(matchJob, { posting_id: postingId }, ada);
      expect(match.skills_to_learn).toEqual(expect.arrayContaining(['PostgreSQL', 'Kubernetes']));
      expect(match.match_score).toBeLessThan(80);
      await expect(app.ask(matchJob, { posting_id: newId() }, ada)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });
  });

  describe('bookmarks', () => {
    it('are kept once, with notes that can change, and told about', async () => {
      const ada = user();
      const postingId = await jobOf('alpha');
      const kept = await app.ask(bookmarkJob, { posting_id: postingId, notes: 'ask Ana' }, ada);
      expect(kept).toMatchObject({ job_id: postingId, notes: 'ask Ana', job: { is_bookmarked: true } });
      expect(await app.ask(bookmarkJob, { posting_id: postingId }, ada)).toMatchObject({ notes: 'ask Ana' });
      expect(await app.ask(bookmarkJob, { posting_id: postingId, notes: null }, ada)).toMatchObject({ notes: null });
      expect(await told('posting.bookmarked', ada.user_id)).toHaveLength(1);
      expect(await app.ask(listBookmarks, {}, ada)).toMatchObject({ total: 1, bookmarks: [{ job_id: postingId }] });
      expect(await app.ask(listBookmarks, {}, user())).toMatchObject({ total: 0, bookmarks: [] });
      expect((await app.ask(getJob, { posting_id: postingId }, ada)).is_bookmarked).toBe(true);
      expect((await app.ask(getJob, { posting_id: postingId })).is_bookmarked).toBe(false);
      await app.ask(unbookmarkJob, { posting_id: postingId }, ada);
      await expect(app.ask(unbookmarkJob, { posting_id: postingId }, ada)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect(await told('posting.unbookmarked', ada.user_id)).toHaveLength(1);
      await expect(app.ask(bookmarkJob, { posting_id: newId() }, ada)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    it('of two at the same moment are one', async () => {
      const ada = user();
      const postingId = await jobOf('beta');
      await Promise.all(Array.from({ length: 8 }, () => app.ask(bookmarkJob, { posting_id: postingId }, ada)));
      expect(await told('posting.bookmarked', ada.user_id)).toHaveLength(1);
    });
  });

  it('answers other services what a letter needs to know of a posting', async () => {
    const snapshot = await app.ask(getPostingSnapshot, { posting_id: await jobOf('theta') }, user());
    expect(snapshot).toMatchObject({
      title: 'Senior Platform Engineer',
      company: 'theta Werke GmbH',
      country: 'DE',
      salary_min: 75_000,
      currency: 'EUR',
      salary_period: 'year',
      description: expect.stringContaining('theta'),
    });
    await expect(app.ask(getPostingSnapshot, { posting_id: newId() }, user())).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});
