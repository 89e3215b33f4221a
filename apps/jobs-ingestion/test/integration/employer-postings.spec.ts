import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  bookmarkJob,
  type Caller,
  createPosting,
  type CreatePostingBody,
  deletePosting,
  getJob,
  getPostingSnapshot,
  type ImportedPosting,
  importPostings,
  listBookmarks,
  searchJobs,
  updatePosting,
  UserErasureRequestedV1,
} from '#contracts';
import { newId } from '#kernel';
import { eventually } from '#testing';
import { WithdrawalService } from '../../src/employer-postings/withdrawal.service.js';
import { ClosingService } from '../../src/ingestion/closing.service.js';
import { admin, employer, importedJob, type JobsApp, type JobsWorld, startWorld, user } from './jobs-app.js';

const IN_A_MONTH = new Date(Date.now() + 30 * 86_400_000).toISOString();
const opening = (id: string, changes: Partial<CreatePostingBody> = {}): CreatePostingBody => ({
  title: `${id} Florist`,
  company: `Blumen ${id} GmbH`,
  location: 'Vienna, Austria',
  description: `You bind the ${id} bouquets of a shop that never closes.`,
  ...changes,
});
/** The same opening as a source shows it. */
const twin = (id: string, changes: Partial<ImportedPosting> = {}): ImportedPosting =>
  importedJob(id, {
    title: `${id} Florist`,
    company: `Blumen ${id} GmbH`,
    description: `Source words about ${id} bouquets.`,
    ...changes,
  });

describe('openings that employers publish', () => {
  let world: JobsWorld;
  let app: JobsApp;
  const boss = admin();
  const firm = employer();
  const rival = employer();

  const publish = (id: string, changes: Partial<CreatePostingBody> = {}, caller = firm) =>
    app.ask(createPosting, opening(id, changes), caller);
  const read = (id: string, caller?: Caller) => app.ask(getJob, { posting_id: id }, caller);
  const withdraw = (id: string, caller = firm) => app.ask(deletePosting, { posting_id: id }, caller);
  const shown = (...postings: ImportedPosting[]) => app.ask(importPostings, { postings }, boss);
  const found = async (q: string): Promise<string[]> =>
    (await app.ask(searchJobs, { q })).jobs.map(({ id = '' }) => id);
  const told = async (id: string): Promise<string[]> => {
    const rows = await world.db.admin<{ type: string; data: { changed?: string[]; reason?: string } }>(
      `SELECT payload::jsonb ->> 'type' AS type, payload::jsonb -> 'data' AS data FROM jobs.outbox
       WHERE subject LIKE 'evt.%.posting.%' AND payload LIKE '%' || $1 || '%' ORDER BY id`,
      [id],
    );
    return rows.map(({ type, data }) =>
      [type.split('.')[2], ...(data.changed ?? []).toSorted(), data.reason]
        .filter((one) => one !== undefined)
        .join(' '),
    );
  };
  const fieldsOf = (error: { details?: { field: string }[] }) => error.details?.map(({ field }) => field);

  beforeAll(async () => {
    world = await startWorld();
    app = await world.start();
    // Those a source shows, too; the rest is not confirmed and published all the same.
    await world.grant(firm, ...['oak', 'pine', 'quince', 'rowan'].map((id) => `blumen ${id}`));
  }, 90_000);
  afterAll(() => world.stop());

  describe('of their own', () => {
    it('are found, read and told about like those of any source, with what was said outright as evidence', async () => {
      const made = await publish('alder', {
        salary_min: 3_000,
        salary_max: 3_400,
        currency: 'EUR',
        salary_period: 'month',
        visa_sponsorship: true,
        skills: ['ts', 'Bouquet design'],
        benefits: ['Flowers on Fridays'],
        url: 'https://blumen.example/alder',
        experience_level: 'senior',
      });
      expect(made).toMatchObject({
        source: 'custom',
        city: 'Vienna',
        country: 'AT',
        salary_min: 3_000,
        salary_period: 'month',
        salary_is_estimated: false,
        visa_sponsorship: true,
        visa: {
          verdict: 'yes',
          evidence: [
            { quote: 'stated by the employer: visa_sponsorship true', start: null, rule: 'employer-statement' },
          ],
        },
        skills: ['TypeScript', 'Bouquet design'],
        experience_level: 'senior',
        benefits: ['Flowers on Fridays'],
        is_active: true,
        version: 1,
        sightings: [{ source: 'custom', merge: null }],
      });
      expect(await found('alder')).toEqual([made.id]);
      expect(await read(made.id)).toEqual(made);
      expect(await told(made.id)).toEqual(['created']);
      const [match] = await world.db.admin(
        `SELECT 1 AS n FROM jobs.outbox WHERE subject LIKE 'cmd.%posting.match%' AND payload LIKE '%' || $1 || '%'`,
        [made.id],
      );
      expect(match).toEqual({ n: 1 });
    });

    it('read from their text what was not said, and contradictions as maybe', async () => {
      const made = await publish('birch', {
        title: 'Senior birch Florist',
        description: 'We cannot sponsor visas. Salary: 40,000 - 50,000 EUR per year.',
        visa_sponsorship: true,
      });
      expect(made).toMatchObject({
        experience_level: 'senior',
        salary_max: 50_000,
        currency: 'EUR',
        visa_sponsorship: null,
        visa: { verdict: 'maybe' },
      });
    });

    it('carry no script into any page, whatever was sent', async () => {
      const made = await publish('cedar', {
        title: 'cedar <img src=x onerror=alert(1)>Florist',
        description:
          '<p onclick="alert(1)">cedar <a href="javascript:alert(1)">here</a></p><script>alert(1)</script><svg onload=alert(1)>',
        benefits: ['<b>30</b> days'],
      });
      expect(made.title).toBe('cedar Florist');
      expect(made.description_html).toBe('<p>cedar <a rel="nofollow noopener noreferrer">here</a></p>');
      expect(made.description).toBe('cedar here');
      expect(JSON.stringify(made)).not.toMatch(/onerror|onclick|onload|<script|javascript:/);
    });

    it.each([
      ['title', { title: '<b></b>' }],
      ['company', { company: ' \u00a0 ' }],
      ['description', { description: '<script>alert(1)</script>' }],
      ['url', { url: 'javascript:alert(1)' }],
      ['currency', { salary_min: 10 }],
      ['expires_at', { expires_at: '2020-01-01T00:00:00Z' }],
    ] satisfies [string, Partial<CreatePostingBody>][])(
      'are refused naming %s, and nothing is kept',
      async (field, bad) => {
        const error = await publish('dogwood', bad).catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ code: 'VALIDATION_ERROR', details: [{ field }] });
        expect(await found('dogwood')).toEqual([]);
      },
    );

    it('are published once, also by a request that comes twice', async () => {
      const key = newId();
      const all = await Promise.allSettled(
        Array.from({ length: 5 }, () => app.ask(createPosting, opening('elder'), firm, key)),
      );
      const made = await app.ask(createPosting, opening('elder'), firm, key);
      for (const one of all) {
        if (one.status === 'fulfilled') expect(one.value).toEqual(made);
        else expect(one.reason).toMatchObject({ code: 'IDEMPOTENCY_KEY_IN_PROGRESS' });
      }
      expect(await told(made.id)).toEqual(['created']);
      await expect(publish('elder')).rejects.toMatchObject({ code: 'ALREADY_EXISTS', extra: { job_id: made.id } });
      expect(await found('elder')).toEqual([made.id]);
    });

    it('change where they are told to, by the version that was read', async () => {
      const made = await publish('fir', { location: 'Vienna, Austria', benefits: ['Tea'] });
      const change = (changes: object) => app.ask(updatePosting, { posting_id: made.id, ...changes }, firm);
      const changed = await change({ version: made.version, salary_min: 50_000, currency: 'EUR', location: null });
      expect(changed).toMatchObject({ id: made.id, salary_min: 50_000, salary_period: 'year', location: null });
      expect(changed).toMatchObject({ country: null, benefits: ['Tea'], version: made.version + 1 });
      expect(await change({ salary_min: 50_000 })).toEqual(changed);
      await expect(change({ version: made.version, title: 'Other' })).rejects.toMatchObject({
        code: 'STALE_VERSION',
        extra: { current_version: changed.version },
      });
      const error = await change({ salary_max: 10 }).catch((thrown: unknown) => thrown);
      expect(fieldsOf(error as object)).toEqual(['salary_max']);
      expect(await read(made.id)).toEqual(changed);
      expect(await told(made.id)).toEqual(['created', 'changed location salary']);
    });

    it('close when they are withdrawn; who kept them still sees them', async () => {
      const made = await publish('ginkgo');
      const ada = user();
      await app.ask(bookmarkJob, { posting_id: made.id }, ada);
      await withdraw(made.id);
      expect(await found('ginkgo')).toEqual([]);
      expect(await read(made.id)).toMatchObject({ is_active: false, title: 'ginkgo Florist' });
      expect(await app.ask(listBookmarks, {}, ada)).toMatchObject({ bookmarks: [{ job_id: made.id }] });
      expect(await app.ask(getPostingSnapshot, { posting_id: made.id }, ada)).toMatchObject({
        title: 'ginkgo Florist',
      });
      expect(await told(made.id)).toEqual(['created', 'bookmarked', 'closed gone']);
      await expect(withdraw(made.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      const late = app.ask(updatePosting, { posting_id: made.id, title: 'Again' }, firm);
      await expect(late).rejects.toMatchObject({ code: 'NOT_FOUND' });
      const again = await publish('ginkgo');
      expect(again.id).not.toBe(made.id);
    });

    it('run out, and open again with a new day', async () => {
      const made = await publish('hazel');
      await runOut(made.id);
      expect(await read(made.id)).toMatchObject({ is_active: false });
      const change = (changes: object) => app.ask(updatePosting, { posting_id: made.id, ...changes }, firm);
      const error = await change({ title: 'hazel Grower' }).catch((thrown: unknown) => thrown);
      expect(fieldsOf(error as object)).toEqual(['expires_at']);
      expect(await change({ expires_at: IN_A_MONTH })).toMatchObject({ is_active: true, expires_at: IN_A_MONTH });
      expect(await told(made.id)).toEqual(['created', 'closed expired', 'changed expiry reopened']);
    });
  });

  async function runOut(id: string): Promise<void> {
    await world.db.admin(`UPDATE jobs.posting SET expires_at = now() - interval '1 minute' WHERE id = $1`, [id]);
    await world.db.admin(
      `UPDATE jobs.employer_posting SET statement = statement || '{"expires_at": "2026-01-01T00:00:00.000Z"}' WHERE posting_id = $1`,
      [id],
    );
    await app.get(WithdrawalService).endLapsed();
    await app.get(ClosingService).closeExpired();
  }

  describe('of others', () => {
    it('are for employers to publish, and for nobody else', async () => {
      for (const caller of [user(), { ...user(), scopes: ['write:postings'] }]) {
        await expect(publish('iris', {}, caller)).rejects.toMatchObject({ code: 'FORBIDDEN' });
      }
      await expect(app.ask(createPosting, opening('iris'))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
      expect(await found('iris')).toEqual([]);
    });

    it('look as if they were not there to another employer; an admin may change and close them', async () => {
      const made = await publish('juniper');
      const change = (caller: Caller) =>
        app.ask(updatePosting, { posting_id: made.id, title: 'juniper Guard' }, caller);
      await expect(change(rival)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(withdraw(made.id, rival)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(change(user())).rejects.toMatchObject({ code: 'FORBIDDEN' });
      expect(await read(made.id)).toEqual(made);
      expect(await change(boss)).toMatchObject({ title: 'juniper Guard' });
      await withdraw(made.id, boss);
      expect(await told(made.id)).toEqual(['created', 'changed title', 'closed admin']);
    });

    it('are not written into: the same opening of another employer stays his own', async () => {
      const mine = await publish('kerria');
      const his = await publish('kerria', { description: 'Mine is better.' }, rival);
      expect(his.id).not.toBe(mine.id);
      expect(await read(mine.id)).toEqual(mine);
    });

    it('that were found at a source cannot be changed by anybody here, and say so', async () => {
      await shown(twin('laurel'));
      const [id = ''] = await found('laurel');
      for (const caller of [firm, boss]) {
        const change = app.ask(updatePosting, { posting_id: id, title: 'Mine' }, caller);
        await expect(change).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining("'a-file'") });
        await expect(withdraw(id, caller)).rejects.toMatchObject({ code: 'CONFLICT' });
      }
      await expect(withdraw(newId())).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    it('do not come in by a file that calls itself custom', async () => {
      const answer = await shown(twin('mallow', { source: 'custom' }), twin('myrtle'));
      expect(answer.rejected).toMatchObject([{ index: 0, reason: expect.stringContaining('source') }]);
      expect(await found('mallow')).toEqual([]);
      expect(await found('myrtle')).toHaveLength(1);
    });
  });

  describe('that a source shows too', () => {
    it('are one opening, in the words of the employer, and the source does not write over them', async () => {
      await shown(twin('oak'));
      const [id = ''] = await found('oak');
      const ada = user();
      await app.ask(bookmarkJob, { posting_id: id }, ada);
      const joined = await publish('oak', { visa_sponsorship: true });
      expect(joined).toMatchObject({
        id,
        source: 'custom',
        visa_sponsorship: true,
        description: opening('oak').description,
        url: twin('oak').url,
      });
      expect(joined.sightings).toMatchObject([
        { source: 'a-file', merge: null },
        { source: 'custom', merge: { layer: 'fingerprint', evidence: expect.arrayContaining(['title: same']) } },
      ]);
      expect(await found('oak')).toEqual([id]);
      await shown(twin('oak', { description: 'The source changed its mind about oak.' }));
      expect((await read(id)).description).toBe(opening('oak').description);
      expect(await told(id)).toEqual([
        'created',
        'bookmarked',
        'changed description employer_confirmed expiry source visa',
      ]);
      expect(await app.ask(listBookmarks, {}, ada)).toMatchObject({ bookmarks: [{ job_id: id }] });
    });

    it('belong to the source again when they are withdrawn: nobody closes what a source lists', async () => {
      await shown(twin('pine'));
      const [id = ''] = await found('pine');
      const before = await read(id);
      await publish('pine', { title: 'pine Florist', skills: ['Go'], location: 'Vienna, Austria' });
      await withdraw(id);
      const after = await read(id);
      expect(after.version).toBeGreaterThan(before.version);
      expect({ ...after, version: before.version, freshness: before.freshness }).toEqual(before);
      expect((await told(id)).at(-1)).toMatch(/^changed description.*/);
      await expect(withdraw(id)).rejects.toMatchObject({ code: 'CONFLICT' });
      // What changed at the source meanwhile arrives with its next showing.
      await shown(twin('pine', { description: 'Fresh words about pine.' }));
      expect((await read(id)).description).toBe('Fresh words about pine.');
      // And another source that shows it later still finds it.
      await shown(twin('pine', { source: 'b-file' }));
      expect((await read(id)).sightings).toHaveLength(2);
    });

    it('join what an employer published first, and outlive him in the words of the source', async () => {
      const made = await publish('quince');
      await shown(twin('quince'));
      expect(await found('quince')).toEqual([made.id]);
      expect((await read(made.id)).description).toBe(opening('quince').description);
      await withdraw(made.id);
      expect(await read(made.id)).toMatchObject({ is_active: false });
      await shown(twin('quince'));
      expect(await read(made.id)).toMatchObject({
        is_active: true,
        source: 'a-file',
        description: twin('quince').description,
        sightings: [{ source: 'a-file', merge: null }],
      });
    });

    it('do not vanish with the words of an employer that ran out', async () => {
      await shown(twin('rowan'));
      const [id = ''] = await found('rowan');
      await publish('rowan');
      await runOut(id);
      expect(await read(id)).toMatchObject({
        is_active: true,
        source: 'a-file',
        description: twin('rowan').description,
      });
    });
  });

  describe('of somebody who is erased', () => {
    it('are withdrawn and emptied; title and employer stay for those who kept them', async () => {
      const leaver = employer();
      await world.grant(leaver, 'blumen teak');
      await shown(twin('teak'));
      const [listed = ''] = await found('teak');
      const own = await publish(
        'sorrel',
        { url: 'https://blumen.example/sorrel', description: 'Call Ada Lovelace of Blumen.' },
        leaver,
      );
      await publish('teak', { description: 'Call Ada Lovelace of Blumen.' }, leaver);
      const old = await publish('tulip', { description: 'Call Ada Lovelace of Blumen.' }, leaver);
      await withdraw(old.id, leaver);
      const kept = await publish('umbel');
      await world.publish(UserErasureRequestedV1, {
        user_id: leaver.user_id,
        request_id: newId(),
        services: ['jobs-ingestion'],
      });
      await eventually(async () => expect(await read(own.id)).toMatchObject({ is_active: false, description: '' }), {
        timeoutMs: 20_000,
      });
      expect(await read(own.id)).toMatchObject({ title: 'sorrel Florist', url: null, description_html: null });
      expect(await read(old.id)).toMatchObject({ is_active: false, description: '' });
      expect(await read(listed)).toMatchObject({ is_active: true, description: twin('teak').description });
      expect(await told(own.id)).toEqual(['created', 'closed gone']);
      expect(await read(kept.id)).toEqual(kept);
      const left = await world.db.admin(
        `SELECT id FROM jobs.employer_posting WHERE owner_id = $1
         UNION ALL SELECT id FROM jobs.posting WHERE to_jsonb(posting)::text LIKE '%Lovelace%'`,
        [leaver.user_id],
      );
      expect(left).toEqual([]);
      const grants = await world.db.admin('SELECT user_id FROM jobs.employer_grant WHERE user_id = $1', [
        leaver.user_id,
      ]);
      expect(grants).toEqual([]);
      // A copy at a source, found later, is an opening of its own and does not wake the emptied one.
      await shown(twin('sorrel'));
      expect(await found('sorrel')).not.toContain(own.id);
    });
  });
});
