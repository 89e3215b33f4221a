import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  compileSchema,
  createAchievement,
  getPublicProfileSettings,
  PublicProfile,
  searchProfiles,
  showProfileBySlug,
  type Static,
  updateProfile,
  updatePublicProfileSettings,
} from '#contracts';
import { newId } from '#kernel';
import { failureOf, type IdentityApp, type SignedIn, startIdentity } from './identity-app.js';
import { peopleOf, slugs } from './people-of.js';

const NOT_FOUND = { kind: 'not-found', code: 'NOT_FOUND' };
const DAY = 86_400_000;

describe('what others see of somebody', () => {
  let app: IdentityApp;
  let ada: SignedIn;
  let ben: SignedIn;
  beforeAll(async () => {
    app = await startIdentity();
  }, 60_000);
  const { person, ask, remove, show, connect } = peopleOf(() => app);
  beforeEach(async () => {
    [ada, ben] = [await person('Ada Lovelace'), await person('Ben Babbage')];
  });
  afterAll(() => app.stop());

  describe('pages', () => {
    it('are not there until decided otherwise, and show nothing but the name then', async () => {
      const carl = await app.register({ full_name: 'Carl Silent' });
      expect(await app.ask(getPublicProfileSettings, {}, carl.context)).toMatchObject({
        slug: null,
        is_listed: false,
        visibility: { about: 'private', contact: 'private' },
      });
      expect(await failureOf(show(undefined, carl))).toMatchObject(NOT_FOUND);
      expect(await failureOf(show(ada, carl))).toMatchObject(NOT_FOUND);
      await app.ask(updateProfile, { headline: 'Secretly looking', phone: '+49 30 1234567' }, carl.context);
      await app.ask(updatePublicProfileSettings, { slug: slugs() }, carl.context);
      const shown = await show(undefined, carl);
      expect(compileSchema(PublicProfile).problems(shown)).toEqual([]);
      expect(shown).toMatchObject({ full_name: 'Carl Silent', headline: null, phone: null, email: null });
      expect(JSON.stringify(shown)).not.toContain(carl.email);
    });

    it('show each section to those it was opened for', async () => {
      await app.ask(updateProfile, { headline: 'Analyst', company: 'Engines', skills: ['Algebra'] }, ada.context);
      await app.ask(createAchievement, { title: 'First program', date_achieved: '1943-01-01' }, ada.context);
      const visibility = {
        about: 'public',
        position: 'connections',
        skills: 'connections',
        achievements: 'public',
      } as const;
      const { slug } = await app.ask(updatePublicProfileSettings, { visibility }, ada.context);
      const anyone = await app.ask(showProfileBySlug, { slug: (slug ?? '').toUpperCase() });
      expect(anyone).toMatchObject({ headline: 'Analyst', company: null, skills: [], connection: null });
      expect(anyone.achievements).toMatchObject([{ title: 'First program' }]);
      expect(await show(ben, ada)).toEqual(anyone);
      const id = await connect(ben, ada);
      expect(await show(ben, ada)).toMatchObject({
        company: 'Engines',
        skills: [{ name: 'Algebra' }],
        connection: { id, status: 'accepted', direction: 'sent' },
      });
      expect(await show(ada, ada)).toMatchObject({ company: 'Engines', connection: null });
      await remove(ben, id);
      expect(await show(ben, ada)).toEqual(anyone);
    });

    it('keep a slug for one person, also when two want it at once', async () => {
      const slug = slugs();
      const people = await Promise.all([app.register(), app.register(), app.register()]);
      const outcomes = await Promise.allSettled(
        people.map(({ context }) => app.ask(updatePublicProfileSettings, { slug }, context)),
      );
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'ALREADY_EXISTS' });
      }
    });

    it('let a slug rest for 90 days before somebody else may have it; its last owner may have it back', async () => {
      const { slug } = await app.ask(getPublicProfileSettings, {}, ada.context);
      const wanted = { slug: slug ?? '' };
      await app.ask(updatePublicProfileSettings, { slug: slugs() }, ada.context);
      expect(await failureOf(app.ask(showProfileBySlug, wanted))).toMatchObject(NOT_FOUND);
      expect(await failureOf(app.ask(updatePublicProfileSettings, wanted, ben.context))).toMatchObject({
        code: 'ALREADY_EXISTS',
      });
      await app.ask(updatePublicProfileSettings, wanted, ada.context);
      await app.ask(updatePublicProfileSettings, { slug: null }, ada.context);
      app.clock.advance(91 * DAY);
      await expect(app.ask(updatePublicProfileSettings, wanted, ben.context)).resolves.toMatchObject(wanted);
    });

    it.each([
      ['a word of ours', { slug: 'admin' }, 'slug'],
      ['letters that only look like ours', { slug: 'аda-lovelace' }, 'slug'],
      ['a path', { slug: '../../etc' }, 'slug'],
      ['a list without a page', { slug: null, is_listed: true }, 'is_listed'],
      ['a section nobody knows', { visibility: { salary: 'public' } }, 'visibility.salary'],
      ['somebody to show it to whom nobody knows', { visibility: { about: 'friends' } }, 'visibility.about'],
    ])('refuse %s by name', async (_what, change, field) => {
      const request = JSON.parse(JSON.stringify(change));
      const failure = await failureOf(app.ask(updatePublicProfileSettings, request, ada.context));
      expect(failure).toMatchObject({ kind: 'invalid', details: [{ field }] });
    });

    it('that are taken down are gone, from the list too', async () => {
      await app.ask(updatePublicProfileSettings, { is_listed: true }, ada.context);
      const after = await app.ask(updatePublicProfileSettings, { slug: null }, ada.context);
      expect(after).toMatchObject({ slug: null, is_listed: false });
      expect(await failureOf(show(ben, ada))).toMatchObject(NOT_FOUND);
    });

    it('of blocked accounts are gone', async () => {
      await app.db.admin('UPDATE identity.account SET blocked_at = now() WHERE id = $1', [ada.user.id]);
      expect(await failureOf(show(ben, ada))).toMatchObject(NOT_FOUND);
      expect(await failureOf(ask(ben, ada))).toMatchObject(NOT_FOUND);
    });
  });

  describe('the search of people', () => {
    const find = (who: SignedIn, query: Static<typeof searchProfiles.request>) =>
      app.ask(searchProfiles, query, who.context);
    const listed = async (name: string, facts: Static<typeof updateProfile.request>, visibility = {}) => {
      const somebody = await person(name, { is_listed: true, visibility });
      await app.ask(updateProfile, facts, somebody.context);
      return somebody;
    };
    const ids = async (who: SignedIn, query: Static<typeof searchProfiles.request>) =>
      (await find(who, query)).profiles.map(({ id }) => id);

    it('finds those who chose to be found, by name and by what they show to everybody', async () => {
      const open = { position: 'public', skills: 'public' } as const;
      const carl = await listed('Carl 50%_Off', { company: 'Zuse Werke', skills: ['Relais'] }, open);
      const dora = await person('Dora 50%_Off');
      for (const q of ['50%_off', 'zuse', 'RELAIS']) expect(await ids(ben, { q })).toEqual([carl.user.id]);
      expect(await ids(ben, { skill: ' relais ' })).toEqual([carl.user.id]);
      expect(await ids(ben, { q: dora.user.id })).toEqual([]);
      expect(await ids(carl, { q: '50%_off' })).toEqual([]);
    });

    it('tells by no hit what a section hides, not even to connections', async () => {
      const word = `secret${newId().slice(-6)}`;
      const carl = await listed(
        'Carl Hidden',
        { company: word, bio: word, headline: word, skills: [word], work_authorization: word },
        { position: 'connections', skills: 'connections' },
      );
      await connect(ben, carl);
      for (const query of [{ q: word }, { skill: word }]) expect(await ids(ben, query)).toEqual([]);
      const card = (await find(ben, { q: 'Carl Hidden' })).profiles;
      expect(card).toMatchObject([{ full_name: 'Carl Hidden', headline: null, current_role: null }]);
    });

    it('goes on by cursor without losing or repeating anybody, also when people come meanwhile', async () => {
      const name = `Pager${newId().slice(-6)}`;
      const people = [];
      for (let i = 0; i < 5; i += 1) people.push((await listed(name, {})).user.id);
      const first = await find(ben, { q: name, per_page: 2 });
      expect(first).toMatchObject({ total: 5, total_pages: 3 });
      await listed(name, {});
      const second = await find(ben, { q: name, per_page: 2, cursor: first.next_cursor ?? '' });
      const third = await find(ben, { q: name, per_page: 2, cursor: second.next_cursor ?? '' });
      const seen = [...first.profiles, ...second.profiles, ...third.profiles].map(({ id }) => id);
      expect(seen).toEqual(people.reverse());
      expect(third.next_cursor).toBeNull();
    });

    it.each([
      'nonsense',
      Buffer.from("profiles:' OR 1=1").toString('base64url'),
      Buffer.from(`connections:${newId()}`).toString('base64url'),
    ])('refuses the cursor %s', async (cursor) => {
      expect(await failureOf(find(ben, { cursor }))).toMatchObject({ details: [{ field: 'cursor' }] });
    });
  });
});
