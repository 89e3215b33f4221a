import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  FetchSourceV1,
  getScrapeRun,
  importPostings,
  listJobSources,
  listScrapeRuns,
  liveSubject,
  searchJobs,
  startScrape,
  updateJobSource,
} from '#contracts';
import { newId } from '#kernel';
import { eventually } from '#testing';
import { Board, item } from './board.js';
import { admin, importedJob, type JobsApp, type JobsWorld, startWorld, user } from './jobs-app.js';

// Runs wait for servers that other suites share.

describe('a run', () => {
  let world: JobsWorld;
  let app: JobsApp;
  let board: Board;
  const boss = admin();

  /** As if the hour its terms ask for had passed. */
  const letItBeAskedAgain = () =>
    world.db.admin(`UPDATE jobs.source_state SET last_success_at = NULL, blocked_until = NULL`);
  const finished = (runId: string) =>
    eventually(
      async () => {
        const run = await app.ask(getScrapeRun, { run_id: runId }, boss);
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
  const told = async (type: string, runId: string) =>
    world.db.admin(
      `SELECT payload::jsonb -> 'data' AS data FROM jobs.outbox
       WHERE subject LIKE $1 AND payload LIKE '%' || $2 || '%' ORDER BY id`,
      [`%.${type}.%`, runId],
    );

  beforeAll(async () => {
    board = await Board.start();
    board.pages([]);
    world = await startWorld();
    app = await world.start(board.settings());
  }, 90_000);
  afterAll(async () => {
    await world.stop();
    await board.stop();
  });

  it('fetches page by page, counts, pushes progress to who asked, and ends exactly once', async () => {
    const pushed: { type: string; data: { status: string } }[] = [];
    await world.bus.subscribe(liveSubject(boss.user_id), (message) => {
      pushed.push(JSON.parse(Buffer.from(message.payload).toString('utf8')) as (typeof pushed)[number]);
    });
    board.pages(
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
    board.pages([item('delta')]);
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
    const dying = await world.start(board.settings());
    let stuck = (): void => undefined;
    const hangs = new Promise<void>((resolve) => (stuck = resolve));
    const all = [[item('epsilon'), item('zeta')], [item('eta')]];
    board.pages(...all);
    const serve = board.answer;
    board.answer = (request, response) => {
      // The second page never comes, until the first replica is gone.
      if (request.url?.includes('page=2') === true) stuck();
      else serve(request, response);
    };
    const { job_id: runId } = await dying.ask(startScrape, { sources: ['arbeitnow'] }, boss);
    await hangs;
    board.pages(...all);
    app = await world.start(board.settings());
    await dying.stop();
    const ended = await finished(runId);
    expect(ended.totals).toMatchObject({ fetched: 3, created: 3, unchanged: 0 });
    expect(await told('scrape.finished', runId)).toHaveLength(1);
  });

  it('tells refusing and failing apart from having nothing', async () => {
    board.answer = (_request, response) => {
      response.statusCode = 403;
      response.end();
    };
    expect((await run()).sources[0]).toMatchObject({ outcome: 'blocked', error: expect.stringContaining('403') });
    board.answer = (_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end('<h1>Maintenance</h1>');
    };
    expect((await run()).sources[0]).toMatchObject({ outcome: 'failed' });
    board.pages([]);
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

describe('an import', () => {
  let world: JobsWorld;
  let app: JobsApp;
  const boss = admin();

  beforeAll(async () => {
    world = await startWorld();
    app = await world.start();
  }, 90_000);
  afterAll(() => world.stop());

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
});
