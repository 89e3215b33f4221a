import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Caller,
  createPosting,
  type CreatePostingBody,
  deletePosting,
  EmployerCompaniesChangedV1,
  getJob,
  type ImportedPosting,
  importPostings,
  searchJobs,
  updatePosting,
  UserErasureRequestedV1,
} from '#contracts';
import { newId } from '#kernel';
import { eventually } from '#testing';
import { FollowEmployerService } from '../../src/employer-postings/follow-employer.service.js';
import { WithdrawalService } from '../../src/employer-postings/withdrawal.service.js';
import { ClosingService } from '../../src/ingestion/closing.service.js';
import { admin, employer, importedJob, type JobsApp, type JobsWorld, startWorld } from './jobs-app.js';

const words = (who: string, id: string) => `${who} says: the ${id} ferry needs you.`;
const opening = (id: string, changes: Partial<CreatePostingBody> = {}): CreatePostingBody => ({
  title: `${id} Skipper`,
  company: `Fähre ${id} GmbH`,
  location: 'Hamburg, Germany',
  description: words('he', id),
  ...changes,
});
/** The same opening as a source shows it. */
const twin = (id: string, changes: Partial<ImportedPosting> = {}): ImportedPosting =>
  importedJob(id, {
    title: `${id} Skipper`,
    company: `Fähre ${id}`,
    location: 'Hamburg, Germany',
    description: words('a source', id),
    ...changes,
  });
const key = (id: string) => `fahre ${id}`;

describe('what an employer publishes', () => {
  let world: JobsWorld;
  let app: JobsApp;
  const boss = admin();

  const publish = (id: string, caller: Caller, changes: Partial<CreatePostingBody> = {}) =>
    app.ask(createPosting, opening(id, changes), caller);
  const read = (id: string) => app.ask(getJob, { posting_id: id });
  const change = (id: string, caller: Caller, changes: object) =>
    app.ask(updatePosting, { posting_id: id, ...changes }, caller);
  const withdraw = (id: string, caller: Caller) => app.ask(deletePosting, { posting_id: id }, caller);
  const shown = (...postings: ImportedPosting[]) => app.ask(importPostings, { postings }, boss);
  const found = async (q: string) =>
    (await app.ask(searchJobs, { q })).jobs.map((job) => [job.id, job.employer_confirmed]);
  /** Of an opening a source shows. */
  const idOf = async (id: string): Promise<string> => {
    await shown(twin(id));
    return String((await found(id))[0]?.[0]);
  };
  const told = async (id: string): Promise<string[]> => {
    const rows = await world.db.admin<{ type: string; data: { changed?: string[]; reason?: string } }>(
      `SELECT payload::jsonb ->> 'type' AS type, payload::jsonb -> 'data' AS data FROM jobs.outbox
       WHERE subject LIKE 'evt.%.posting.%' AND payload LIKE '%' || $1 || '%' ORDER BY id`,
      [id],
    );
    return rows.map(({ type, data }) =>
      [type.split('.')[2], ...(data.changed ?? []).toSorted(), data.reason].filter((one) => one).join(' '),
    );
  };
  const his = (id: string) => ({ source: 'custom', description: words('he', id), employer_confirmed: true });
  const sources = (id: string, confirmed: boolean | null) => ({
    source: 'a-file',
    description: words('a source', id),
    employer_confirmed: confirmed,
    is_active: true,
  });
  const runOut = (owner: Caller) =>
    world.db.admin(
      `UPDATE jobs.employer_posting SET statement = statement || '{"expires_at": "2026-01-01T00:00:00.000Z"}'
       WHERE owner_id = $1`,
      [owner.user_id],
    );

  beforeAll(async () => {
    world = await startWorld();
    app = await world.start();
  }, 90_000);
  afterAll(() => world.stop());

  describe('for a company he was not granted', () => {
    it('is published, and says that nobody vouches for him', async () => {
      const made = await publish('alpha', employer());
      expect(made).toMatchObject({
        ...his('alpha'),
        employer_confirmed: false,
        sightings: [{ employer_confirmed: false }],
      });
      expect(await found('alpha')).toEqual([[made.id, false]]);
    });

    it('stands beside what a source showed before: its words stay, and go on following the source', async () => {
      const id = await idOf('bravo');
      expect(await found('bravo')).toEqual([[id, null]]);
      const made = await publish('bravo', employer(), {
        benefits: ['Tea'],
        visa_sponsorship: true,
        url: 'https://evil.example',
      });
      expect(made).toMatchObject({
        ...sources('bravo', false),
        id,
        benefits: null,
        visa_sponsorship: null,
        url: twin('bravo').url,
      });
      expect(made.sightings).toMatchObject([
        { source: 'a-file', employer_confirmed: null, merge: null },
        {
          source: 'custom',
          employer_confirmed: false,
          merge: { evidence: expect.arrayContaining(['title: same', 'employer: not confirmed']) },
        },
      ]);
      expect(await found('bravo')).toEqual([[id, false]]);
      expect(await told(id)).toEqual(['created', 'changed employer_confirmed']);
      await shown(twin('bravo', { description: 'The source changed its mind about bravo.' }));
      expect((await read(id)).description).toBe('The source changed its mind about bravo.');
    });

    it('makes way for a source that shows the opening later', async () => {
      const firm = employer();
      const made = await publish('charlie', firm);
      await shown(twin('charlie'));
      expect(await found('charlie')).toEqual([[made.id, false]]);
      const now = await read(made.id);
      expect(now).toMatchObject(sources('charlie', false));
      expect(now.sightings).toMatchObject([
        { source: 'custom', merge: { layer: 'fingerprint', evidence: expect.arrayContaining(['title: same']) } },
        { source: 'a-file', merge: null },
      ]);
      // Read again it is as it was, and another source finds it.
      await shown(twin('charlie'), twin('charlie', { source: 'b-file' }));
      expect((await read(made.id)).sightings).toHaveLength(3);
      await world.grant(firm, key('charlie'));
      expect(await read(made.id)).toMatchObject(his('charlie'));
      await withdraw(made.id, firm);
      expect(await read(made.id)).toMatchObject(sources('charlie', null));
    });

    it('is changed without a word of the source changing, and withdrawn without closing it', async () => {
      const firm = employer();
      const id = await idOf('delta');
      await publish('delta', firm);
      expect(await change(id, firm, { description: 'Other words about delta.' })).toMatchObject(
        sources('delta', false),
      );
      await expect(change(id, employer(), { title: 'Mine' })).rejects.toMatchObject({ code: 'CONFLICT' });
      await expect(publish('delta', firm)).rejects.toMatchObject({ code: 'ALREADY_EXISTS', extra: { job_id: id } });
      await world.grant(firm, key('delta'));
      expect(await read(id)).toMatchObject({ description: 'Other words about delta.', employer_confirmed: true });
      await world.grant(firm);
      await withdraw(id, firm);
      const after = await read(id);
      expect(after).toMatchObject(sources('delta', null));
      expect(after.sightings).toHaveLength(1);
    });

    it('keeps the opening there until he withdraws it or his day has come, when its source has let it go', async () => {
      const [firm, other] = [employer(), employer()];
      const [one, two] = [await idOf('echo'), await idOf('foxtrot')];
      await publish('echo', firm);
      await publish('foxtrot', other);
      await world.db.admin(
        `UPDATE jobs.sighting SET gone_at = now() WHERE source = 'a-file' AND posting_id = ANY ($1::uuid[])`,
        [[one, two]],
      );
      await withdraw(one, firm);
      await runOut(other);
      expect(await read(two)).toMatchObject({ is_active: true });
      await app.get(WithdrawalService).endLapsed();
      for (const id of [one, two]) {
        expect(await read(id)).toMatchObject({ is_active: false, employer_confirmed: null });
        expect((await told(id)).at(-1)).toBe('closed gone');
      }
    });

    it('takes the place of nothing where it did before there were companies to grant', async () => {
      const firm = employer();
      const [replaced, joined] = [await idOf('golf'), (await publish('hotel', firm)).id];
      await world.grant(firm, key('golf'), key('hotel'));
      await publish('golf', firm);
      await shown(twin('hotel'));
      expect(await read(replaced)).toMatchObject(his('golf'));
      expect(await read(joined)).toMatchObject(his('hotel'));
      // As the migration left them.
      await world.db.admin('DELETE FROM jobs.employer_grant WHERE user_id = $1', [firm.user_id]);
      await world.db.admin('UPDATE jobs.employer_posting SET confirmed = false WHERE owner_id = $1', [firm.user_id]);
      expect(await app.get(FollowEmployerService).settleUsurped()).toBe(2);
      expect(await read(replaced)).toMatchObject(sources('golf', false));
      await shown(twin('hotel'));
      expect(await read(joined)).toMatchObject(sources('hotel', false));
      expect(await app.get(FollowEmployerService).settleUsurped()).toBe(0);
    });
  });

  describe('for a company he may speak for', () => {
    it('takes the place of the words of a source, which says so', async () => {
      const firm = employer();
      await world.grant(firm, key('indigo'));
      const id = await idOf('indigo');
      const made = await publish('indigo', firm);
      expect(made).toMatchObject({ ...his('indigo'), id });
      expect(made.sightings[1]).toMatchObject({
        employer_confirmed: true,
        merge: { evidence: expect.arrayContaining(['employer: confirmed']) },
      });
      expect(await found('indigo')).toEqual([[id, true]]);
    });

    it('follows what is granted later and what is taken again, as the same opening', async () => {
      const firm = employer();
      const id = await idOf('juliett');
      await publish('juliett', firm);
      await world.grant(firm, key('juliett'));
      expect(await read(id)).toMatchObject(his('juliett'));
      await shown(twin('juliett', { description: 'Not now.' }));
      expect(await read(id)).toMatchObject(his('juliett'));
      await world.grant(firm, 'another');
      expect(await read(id)).toMatchObject(sources('juliett', false));
      // As kept they were old: what the source says now comes with its next showing.
      await shown(twin('juliett', { description: 'Now.' }));
      expect(await read(id)).toMatchObject({ description: 'Now.', employer_confirmed: false });
      await world.grant(firm, key('juliett'));
      expect(await read(id)).toMatchObject(his('juliett'));
      expect(await told(id)).toEqual([
        'created',
        'changed employer_confirmed',
        'changed company description employer_confirmed expiry source',
        'changed company description employer_confirmed expiry source',
        'changed description',
        'changed company description employer_confirmed expiry source',
      ]);
    });

    it('is told of when only that changes that he is confirmed', async () => {
      const firm = employer();
      const made = await publish('kilo', firm);
      await world.grant(firm, key('kilo'));
      expect(await read(made.id)).toMatchObject({ ...his('kilo'), version: made.version + 1 });
      expect(await told(made.id)).toEqual(['created', 'changed employer_confirmed']);
    });

    it('changes nothing when the same is told again, or something older late', async () => {
      const firm = employer();
      const id = await idOf('lima');
      await publish('lima', firm);
      const none = await world.grant(firm);
      const granted = await world.grant(firm, key('lima'));
      const before = [await read(id), await told(id)];
      const handled = () => world.db.admin(`SELECT FROM jobs.inbox WHERE consumer = 'jobs-ingestion-employers'`);
      const count = (await handled()).length;
      for (const data of [granted, none, granted]) await world.publish(EmployerCompaniesChangedV1, data);
      await eventually(async () => expect(await handled()).toHaveLength(count + 3), { timeoutMs: 20_000 });
      await world.followed();
      // And the work itself, done twice.
      const context = { attempt: 2, lastAttempt: false, requestId: newId(), signal: new AbortController().signal };
      for (let n = 0; n < 2; n++) {
        await app.get(FollowEmployerService).follow(firm.user_id, { ...context, done: () => Promise.resolve() });
      }
      expect([await read(id), await told(id)]).toEqual(before);
    });

    it('where he was first, stays until the source that joined is read again, once it is taken', async () => {
      const firm = employer();
      await world.grant(firm, key('mike'));
      const { id } = await publish('mike', firm);
      await shown(twin('mike'));
      expect(await read(id)).toMatchObject(his('mike'));
      await world.grant(firm);
      expect(await read(id)).toMatchObject({ ...his('mike'), employer_confirmed: false });
      await shown(twin('mike'));
      expect(await read(id)).toMatchObject(sources('mike', false));
    });

    it('counts by the company it names now', async () => {
      const firm = employer();
      await world.grant(firm, key('november'));
      const id = await idOf('november');
      await publish('november', firm);
      expect(await change(id, firm, { company: 'Somebody else' })).toMatchObject(sources('november', false));
      expect(await change(id, firm, { company: 'Fähre november AG' })).toMatchObject(his('november'));
    });

    it('does not reach the opening of another company through its address, in either order', async () => {
      const firm = employer();
      await world.grant(firm, key('mine'));
      const url = (n: number) => `https://boards.greenhouse.io/oscar/jobs/440000${n}`;
      await shown(twin('oscar', { url: url(1) }));
      const [[before]] = (await found('oscar')) as [[string]];
      const beside = await publish('oscar', firm, { company: 'Fähre mine', url: url(1) });
      expect(beside).toMatchObject({ ...sources('oscar', false), id: before });
      const first = await publish('papa', firm, { company: 'Fähre mine', url: url(2) });
      expect(first).toMatchObject({ company: 'Fähre mine', employer_confirmed: true });
      await shown(twin('papa', { url: url(2) }));
      await world.followed();
      expect(await read(first.id)).toMatchObject({ ...sources('papa', false), company: twin('papa').company });
      // Whoever may speak for both has his words there.
      await world.grant(firm, key('mine'), key('papa'));
      expect(await read(first.id)).toMatchObject({ ...his('papa'), company: 'Fähre mine' });
    });

    it('sends people to the domain that was granted along, or is not confirmed', async () => {
      const firm = employer();
      await world.grant(firm, { company_key: key('quebec'), domain: 'ferry.example' });
      const made = await publish('quebec', firm, { url: 'https://jobs.ferry.example/1' });
      expect(made.employer_confirmed).toBe(true);
      expect(await change(made.id, firm, { url: 'https://ferry.example.evil.example/1' })).toMatchObject({
        employer_confirmed: false,
      });
    });
  });

  describe('of several', () => {
    it('has the words of the one who is confirmed, whoever stands beside', async () => {
      const [stranger, firm] = [employer(), employer()];
      await world.grant(firm, key('romeo'));
      const id = await idOf('romeo');
      await publish('romeo', stranger, { description: 'A stranger says.' });
      expect(await publish('romeo', firm)).toMatchObject({ ...his('romeo'), id });
      expect((await read(id)).sightings.map((one) => one.employer_confirmed)).toEqual([null, false, true]);
      // Each has only his own to change and withdraw.
      expect(await change(id, stranger, { description: 'He says more.' })).toMatchObject(his('romeo'));
      await withdraw(id, stranger);
      expect(await read(id)).toMatchObject(his('romeo'));
      await withdraw(id, firm);
      expect(await read(id)).toMatchObject(sources('romeo', null));
    });

    it('of one company has those of who published first, however it came about, and then of the next', async () => {
      const [first, second] = [employer(), employer()];
      const id = await idOf('sierra');
      await publish('sierra', first, { description: 'First.' });
      await publish('sierra', second, { description: 'Second.' });
      await world.grant(second, key('sierra'));
      expect(await read(id)).toMatchObject({ description: 'Second.' });
      await world.grant(first, key('sierra'));
      expect(await read(id)).toMatchObject({ description: 'First.', employer_confirmed: true });
      await withdraw(id, first);
      expect(await read(id)).toMatchObject({ description: 'Second.', employer_confirmed: true });
      await world.grant(second);
      expect(await read(id)).toMatchObject(sources('sierra', false));
    });

    it('stays two where there is no source: they never write into each other’s', async () => {
      const [first, second] = [employer(), employer()];
      await world.grant(second, key('tango'));
      const mine = await publish('tango', first);
      const yours = await publish('tango', second);
      expect(yours.id).not.toBe(mine.id);
      expect(await read(mine.id)).toEqual(mine);
    });

    it('keeps the words of the one when the other is erased', async () => {
      const [leaver, firm] = [employer(), employer()];
      const id = await idOf('uniform');
      await publish('uniform', leaver, { description: 'Call Ada Lovelace.' });
      await world.grant(firm, key('uniform'));
      await publish('uniform', firm);
      await world.publish(UserErasureRequestedV1, {
        user_id: leaver.user_id,
        request_id: newId(),
        services: ['jobs-ingestion'],
      });
      await eventually(async () => expect((await read(id)).sightings).toHaveLength(2), { timeoutMs: 20_000 });
      expect(await read(id)).toMatchObject({ ...his('uniform'), is_active: true });
    });
  });

  it('that an admin publishes counts by the same rule: he is not the company', async () => {
    const id = await idOf('victor');
    expect(await publish('victor', boss)).toMatchObject({ ...sources('victor', false), id });
    await world.grant(boss, key('victor'));
    expect(await read(id)).toMatchObject(his('victor'));
    // His change of somebody else's posting leaves it that of the employer.
    const firm = employer();
    await world.grant(firm, key('whiskey'));
    const made = await publish('whiskey', firm);
    expect(await change(made.id, boss, { title: 'whiskey Captain' })).toMatchObject({ employer_confirmed: true });
  });

  it('runs out like any other when its words were the only ones', async () => {
    const firm = employer();
    const made = await publish('xray', firm);
    await runOut(firm);
    await world.db.admin(`UPDATE jobs.posting SET expires_at = now() - interval '1 minute' WHERE id = $1`, [made.id]);
    await app.get(WithdrawalService).endLapsed();
    await app.get(ClosingService).closeExpired();
    await world.grant(firm, key('xray'));
    expect(await read(made.id)).toMatchObject({ is_active: false });
  });
});
