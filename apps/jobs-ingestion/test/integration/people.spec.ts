import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  bookmarkJob,
  type Caller,
  getJob,
  getPostingSnapshot,
  type ImportedPosting,
  importPostings,
  type JobRecommendation,
  listBookmarks,
  matchJob,
  type MatchProfile,
  ProfileUpdatedV1,
  recommendJobs,
  searchJobs,
  unbookmarkJob,
} from '#contracts';
import { newId } from '#kernel';
import { eventually } from '#testing';
import { admin, importedJob, type JobsApp, type JobsWorld, startWorld, user } from './jobs-app.js';

const profile = (userId: string, changes: Partial<MatchProfile> = {}): MatchProfile => ({
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

const fitting = (id: string, more = '', changes: Partial<ImportedPosting> = {}): ImportedPosting =>
  importedJob(id, {
    title: 'Senior Platform Engineer',
    company: `${id} Werke GmbH`,
    description: `For ${id}: TypeScript, PostgreSQL and Kubernetes every day. Pay 75,000 - 95,000 EUR per year. ${more}`,
    location: 'Berlin, Germany',
    ...changes,
  });

describe('postings and people', () => {
  let world: JobsWorld;
  let app: JobsApp;
  const boss = admin();

  const post = (...postings: ImportedPosting[]) => app.ask(importPostings, { postings }, boss);
  const told = async (type: string, userId: string) =>
    world.db.admin<{ data: Record<string, unknown> }>(
      `SELECT payload::jsonb -> 'data' AS data FROM jobs.outbox
       WHERE subject LIKE $1 AND payload LIKE '%' || $2 || '%' ORDER BY id`,
      [`%.${type}.%`, userId],
    );
  const jobOf = async (q: string): Promise<string> => {
    const { jobs } = await app.ask(searchJobs, { q });
    return jobs[0]?.id ?? '';
  };

  beforeAll(async () => {
    world = await startWorld();
    app = await world.start();
    await post(importedJob('alpha'), importedJob('beta'));
  }, 90_000);
  afterAll(() => world.stop());

  describe('matches and recommendations', () => {
    const matches = async (caller: Caller) => (await told('match.found', caller.user_id)).map(({ data }) => data);
    const profileOf = async (caller: Caller, changes: Partial<MatchProfile> = {}) => {
      const data = profile(caller.user_id, changes);
      world.identityAnswers((userId) => (userId === data.user_id ? data : null));
      await world.publish(ProfileUpdatedV1, { user_id: data.user_id, version: data.version });
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
      await post(fitting('theta', 'We offer visa sponsorship.'), importedJob('iota'));
      const ada = user();
      await profileOf(ada);
      await eventually(async () => {
        expect(await matches(ada)).toMatchObject([{ title: 'Senior Platform Engineer', company: 'theta Werke GmbH' }]);
      });
      await post(
        fitting('kappa', 'We offer visa sponsorship.'),
        fitting('lambda', 'We cannot offer visa sponsorship.'),
        importedJob('mu'),
      );
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
      // A replica of identity that answers from before.
      const old = profile(bob.user_id, { version: 4, skills: ['Cobol'] });
      world.identityAnswers(() => old);
      await world.publish(ProfileUpdatedV1, { user_id: bob.user_id, version: 4 });
      await new Promise((resolve) => setTimeout(resolve, 500));
      const rows = await world.db.admin('SELECT version, skills FROM jobs.match_profile WHERE user_id = $1', [
        bob.user_id,
      ]);
      expect(rows).toEqual([{ version: 5, skills: ['Rust'] }]);
    });

    it('recommends with a score that adds up and reasons that say what is unknown', async () => {
      await post(
        fitting('xi', '', { title: 'Web Engineer', description: 'You write TypeScript and Go for xi, in Berlin.' }),
      );
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
      const numbers = ['one', 'two', 'three', 'four', 'five'];
      const same = { company: 'Omnicorp AG', posted_at: new Date().toISOString() };
      await post(...numbers.map((slug) => fitting(slug, '', { ...same, title: `Senior ${slug} Engineer` })));
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
