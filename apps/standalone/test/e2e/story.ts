import { beforeAll, afterAll, describe, expect, it } from '@jest/globals';
import { ApiDocument, eventually } from '#testing';
import { newId } from '#kernel';
import { ApiClient } from './support/api-client.js';
import { describeRefusals } from './refusals.js';
import { LiveSocket } from './support/live-socket.js';
import { type Person, PROFILE, somebody, theOwner } from './support/people.js';

type Json = ReturnType<typeof JSON.parse>;

/** What the story leaves behind for the tests that come after it; filled as it goes on. */
export class Told {
  api: ApiClient;
  live: LiveSocket;
  ada: Person;
  admin: string;
  jobId: string;
  applicationId: string;
  letterId: string;
  notificationId: string;
}

const SLOW = 60_000;

/**
 * The main job from registering to the numbers, told over HTTP and the live socket to whatever shape of the platform
 * `url` leads to. Every answer is held against the published document.
 */
export function describeMainJob(url: () => string): void {
  const told = new Told();
  let run: Json;
  let recommended: Json;
  let applied: Json;

  beforeAll(async () => {
    told.api = new ApiClient(url(), ApiDocument.read());
    told.admin = await theOwner(told.api);
  }, SLOW);
  afterAll(() => told.live?.close());

  const as = (person: Person) => ({ token: person.token });

  it('registers, signs in and says who one is', async () => {
    const { api } = told;
    told.ada = await somebody(api);
    const me = await api.get('/auth/me', as(told.ada));
    expect(me.body).toMatchObject({ id: told.ada.id, email: told.ada.email, roles: ['user'] });
    told.live = await LiveSocket.open(url(), told.ada.token);
  });

  it('keeps a profile with skills, places, salary and the need of a visa', async () => {
    const { api, ada } = told;
    expect((await api.put('/users/me', { ...as(ada), body: PROFILE })).status).toBe(200);
    const { body } = await api.get('/users/me', as(ada));
    expect(body).toMatchObject({
      skills: PROFILE.skills,
      salary_min: 55_000,
      visa_sponsorship_required: true,
      preferred_places: [
        { city: 'Berlin', country: 'DE' },
        { city: 'Amsterdam', country: 'NL' },
        { city: null, country: 'NL' },
        { city: null, country: 'DE' },
      ],
      version: 1,
    });
    expect(body.completeness.score).toBeGreaterThan(50);
  });

  it(
    'runs an ingestion of the sample feed that only an admin may start, and follows it to its end',
    async () => {
      const { api, ada, admin } = told;
      const body = { sources: ['sample-feed'] };
      expect((await api.post('/jobs/scrape', { ...as(ada), body })).status).toBe(403);
      const key = { 'idempotency-key': newId() };
      const started = await api.post('/jobs/scrape', { token: admin, body, headers: key });
      expect(started.status).toBe(202);
      const again = await api.post('/jobs/scrape', { token: admin, body, headers: key });
      expect(again.text).toBe(started.text);
      run = await eventually(
        async () => {
          const state = await api.get(`/jobs/scrape/runs/${started.body.job_id}`, { token: admin });
          expect(state.body.status).toBe('finished');
          return state.body;
        },
        { timeoutMs: SLOW, everyMs: 250 },
      );
      const { totals } = run;
      expect(totals.fetched).toBeGreaterThanOrEqual(290);
      expect(totals.created).toBeGreaterThan(180);
      const duplicates = totals.duplicate_url + totals.duplicate_fingerprint + totals.duplicate_near;
      expect(duplicates).toBeGreaterThan(10);
      expect(totals.created + duplicates + totals.rejected + totals.unchanged + totals.changed).toBe(totals.fetched);
      expect(totals.with_visa_evidence).toBeGreaterThan(20);
      expect((await api.get('/jobs/scrape/runs', { token: admin })).body.runs[0]).toEqual(run);
    },
    SLOW,
  );

  it('searches with filters that hold for every hit, and pages without repeating', async () => {
    const { api, ada } = told;
    const sponsored = await api.get('/jobs?visa_support=true&country=DE,NL&per_page=50', as(ada));
    expect(sponsored.body.total).toBeGreaterThan(5);
    for (const job of sponsored.body.jobs) {
      expect(['DE', 'NL']).toContain(job.country);
      expect(job).toMatchObject({ visa_sponsorship: true, visa: { verdict: 'yes' }, source: 'sample-feed' });
      expect(job.visa.evidence.length).toBeGreaterThan(0);
    }
    const java = await api.get('/jobs?skills=Java,Kafka&fields=id,title,skills', as(ada));
    expect(java.body.total).toBeGreaterThan(0);
    for (const job of java.body.jobs) {
      expect(Object.keys(job).sort()).toEqual(['id', 'skills', 'title']);
      expect(job.skills).toEqual(expect.arrayContaining(['Java', 'Kafka']));
    }
    const seen = new Set<string>();
    let cursor: string | null = '';
    for (let pages = 0; cursor !== null && pages < 30; pages += 1) {
      const page = await api.get(
        `/jobs?per_page=40&fields=id${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      for (const job of page.body.jobs) {
        expect(seen.has(job.id)).toBe(false);
        seen.add(job.id);
      }
      cursor = page.body.next_cursor;
    }
    expect(seen.size).toBe(run.totals.created);
  });

  it('answers 304 to who has the newest list', async () => {
    const { api } = told;
    const first = await api.get('/jobs?q=engineer&per_page=3');
    const etag = first.headers.get('etag') ?? '';
    const second = await api.get('/jobs?q=engineer&per_page=3', { headers: { 'if-none-match': etag } });
    expect([first.status, second.status, second.text]).toEqual([200, 304, '']);
  });

  it('recommends with scores whose parts add up, and nothing that refuses the visa she needs', async () => {
    const { api, ada } = told;
    const { body } = await eventually(
      async () => {
        const answer = await api.get('/jobs/recommendations?limit=50&min_score=0', as(ada));
        expect(answer.body).toMatchObject({ profile_version: 1 });
        expect(answer.body.recommendations.length).toBeGreaterThan(20);
        return answer;
      },
      { timeoutMs: 15_000 },
    );
    for (const { job, match_score, explanation } of body.recommendations) {
      const parts: (number | null)[] = Object.values(explanation.score_breakdown);
      const tenths = parts.reduce<number>((sum, part) => sum + Math.round((part ?? 0) * 10), 0);
      expect(tenths).toBe(Math.round(match_score * 10));
      expect(explanation.visa.needed).toBe(true);
      expect(job.visa.verdict).not.toBe('no');
    }
    const scores = body.recommendations.map((one: Json) => one.match_score);
    expect(scores).toEqual([...scores].sort((a: number, b: number) => b - a));
    recommended = body.recommendations[0];
    expect(recommended.match_score).toBeGreaterThanOrEqual(80);
    told.jobId = recommended.job.id;
    const scored = await api.post(`/jobs/${told.jobId}/match`, as(ada));
    expect(scored.body).toMatchObject({ job_id: told.jobId, match_score: recommended.match_score });
  });

  it('tells of a match in the inbox, and live', async () => {
    const { api, ada } = told;
    const frame = await told.live.find(({ type, data }) => type === 'notification' && data.type === 'job_match');
    const { body } = await api.get('/notifications?type=job_match&per_page=100', as(ada));
    const listed = body.notifications.find((one: Json) => one.id === frame.data.id);
    expect(listed).toEqual(frame.data);
    const jobs: string[] = body.notifications.map((one: Json) => String(one.data.job_id));
    expect(new Set(jobs).size).toBe(jobs.length);
    for (const one of body.notifications) {
      const scored = await api.post(`/jobs/${one.data.job_id}/match`, as(ada));
      expect(scored.body.match_score).toBeGreaterThanOrEqual(80);
    }
  });

  it('opens a posting with its evidence and keeps it once, however often one says so', async () => {
    const { api, ada, jobId } = told;
    const detail = await api.get(`/jobs/${jobId}`, as(ada));
    expect(detail.body).toMatchObject({ id: jobId, is_active: true, is_bookmarked: false });
    expect(detail.body.sightings.length).toBe(detail.body.freshness.seen_at_sources);
    expect((await api.post(`/jobs/${jobId}/bookmark`, { ...as(ada), body: { notes: 'ask Ana' } })).status).toBe(201);
    expect((await api.post('/saved-jobs', { ...as(ada), body: { job_id: jobId, notes: 'ask Ana' } })).status).toBe(201);
    const { body } = await api.get('/jobs/bookmarks', as(ada));
    expect(body).toMatchObject({ total: 1, bookmarks: [{ job_id: jobId, notes: 'ask Ana' }] });
    expect((await api.get(`/jobs/${jobId}`, as(ada))).body.is_bookmarked).toBe(true);
    expect((await api.get(`/jobs/${jobId}`)).body.is_bookmarked).toBe(false);
  });

  it('follows an application through its statuses, with a timeline of every step', async () => {
    const { api, ada, jobId } = told;
    const headers = { 'idempotency-key': newId() };
    const body = { job_id: jobId, notes: 'found in the recommendations' };
    const created = await api.post('/applications', { ...as(ada), body, headers });
    expect(created).toMatchObject({
      status: 201,
      body: { status: 'saved', version: 1, job: { title: recommended.job.title } },
    });
    expect((await api.post('/applications', { ...as(ada), body, headers })).text).toBe(created.text);
    const id: string = created.body.id;
    told.applicationId = id;
    for (const status of ['applied', 'interviewing', 'offered']) {
      const moved = await api.put(`/applications/${id}`, {
        ...as(ada),
        body: { status, status_note: `now ${status}` },
      });
      expect(moved).toMatchObject({ status: 200, body: { status } });
      applied = moved.body;
    }
    expect(applied.applied_date).toMatch(/^\d{4}-\d\d-\d\d$/);
    const { body: history } = await api.get(`/applications/${id}/timeline`, as(ada));
    const steps = history.timeline.map((entry: Json) => [entry.kind, entry.from_status, entry.to_status, entry.note]);
    expect(steps).toEqual(
      expect.arrayContaining([
        ['created', null, 'saved', null],
        ['status_changed', 'saved', 'applied', 'now applied'],
        ['status_changed', 'applied', 'interviewing', 'now interviewing'],
        ['status_changed', 'interviewing', 'offered', 'now offered'],
      ]),
    );
    expect(steps).toHaveLength(4);
    expect((await api.get('/applications/stats', as(ada))).body).toMatchObject({ total: 1, by_status: { offered: 1 } });
  });

  it('finds the application by its status, and a filter left empty filters nothing', async () => {
    const { api, ada } = told;
    const found = async (query: string): Promise<Json> => (await api.get(`/applications?${query}`, as(ada))).body.total;
    expect(await found('status=offered')).toBe(1);
    expect(await found('status=applied,rejected')).toBe(0);
    expect(await found('status=')).toBe(1);
  });

  it('tells of the new status in the inbox, and live', async () => {
    const { api, ada, applicationId } = told;
    for (const status of ['applied', 'interviewing', 'offered']) {
      const frame = await told.live.find(
        ({ data }) =>
          data?.type === 'application_update' &&
          data.data.application_id === applicationId &&
          JSON.stringify(data).includes(status),
      );
      told.notificationId = frame.data.id;
    }
    const unread = (await api.get('/notifications/unread-count', as(ada))).body.unread_count;
    const read = await api.put(`/notifications/${told.notificationId}/read`, as(ada));
    expect(read.body).toMatchObject({ id: told.notificationId, is_read: true, read_at: expect.stringMatching(/Z$/) });
    expect((await api.get('/notifications/unread-count', as(ada))).body.unread_count).toBe(unread - 1);
    expect(told.live.problems()).toEqual([]);
  });

  it(
    'writes a letter that rests on facts, the same bytes for the same key and no second one',
    async () => {
      const { api, ada, jobId } = told;
      const headers = { 'idempotency-key': newId() };
      const body = { job_id: jobId, tone: 'professional', highlights: ['I have mentored four engineers.'] };
      const letter = await api.post('/ai/cover-letter/generate', { ...as(ada), body, headers });
      expect(letter.status).toBe(201);
      expect((await api.post('/ai/cover-letter/generate', { ...as(ada), body, headers })).text).toBe(letter.text);
      const other = await api.post('/ai/cover-letter/generate', {
        ...as(ada),
        body: { ...body, tone: 'formal' },
        headers,
      });
      expect(other).toMatchObject({ status: 409, body: { error: { code: 'IDEMPOTENCY_KEY_REUSED' } } });
      const list = await api.get('/ai/cover-letters', as(ada));
      expect(list.body).toMatchObject({ total: 1, cover_letters: [letter.body] });
      told.letterId = letter.body.id;

      const profile = JSON.stringify((await api.get('/users/me', as(ada))).body);
      const job = JSON.stringify((await api.get(`/jobs/${jobId}`)).body);
      const known = `${profile}\n${job}\n${body.highlights.join('\n')}`.toLowerCase();
      const { content, grounding } = letter.body;
      expect(content).toContain('I have mentored four engineers.');
      const facts = grounding.flatMap((one: Json) => one.facts);
      expect(facts.length).toBeGreaterThan(3);
      for (const { sentence } of grounding) expect(content).toContain(sentence);
      for (const { value } of facts) expect(known).toContain(JSON.stringify(value).slice(1, -1).toLowerCase());
    },
    SLOW,
  );

  it(
    'counts all of this from events: summary and funnel',
    async () => {
      const { api, ada } = told;
      await eventually(
        async () => {
          const summary = await api.get('/analytics/summary', as(ada));
          expect(summary.body).toMatchObject({
            total_jobs_viewed: 1,
            total_bookmarks: 1,
            total_applications: 1,
            interviews_scheduled: 1,
            offers_received: 1,
            letters_generated: 1,
            conversion_rates: { view_to_application: 100, application_to_interview: 100, interview_to_offer: 100 },
            this_week: { jobs_viewed: 1, applications: 1, interviews: 1 },
          });
          expect(summary.body.total_searches).toBeGreaterThanOrEqual(2);
          const { body } = await api.get('/analytics/funnel', as(ada));
          const counts = Object.values(body.funnel).map((stage: Json) => stage.count);
          expect(counts).toEqual([1, 1, 1, 1, 0]);
        },
        { timeoutMs: 30_000, everyMs: 200 },
      );
    },
    SLOW,
  );

  describe('and refuses', () => describeRefusals(() => told));
}
