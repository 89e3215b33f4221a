import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  compileSchema,
  createSkill,
  deleteSkill,
  getAccount,
  getMatchProfile,
  getProfile,
  listRevocations,
  listSkills,
  listUsers,
  Profile,
  ProfileUpdatedV1,
  refreshSession,
  SessionRevokedV1,
  type Static,
  updateAccount,
  updateProfile,
  updateSkill,
  updateUserAccess,
  UserAccessChangedV1,
} from '#contracts';
import { newId } from '#kernel';
import { eventually } from '#testing';
import jwt from 'jsonwebtoken';
import { OwnerService } from '../../src/index.js';
import { failureOf, type IdentityApp, PASSWORD, type SignedIn, startIdentity } from './identity-app.js';

describe('people', () => {
  let app: IdentityApp;
  let me: SignedIn;
  beforeAll(async () => {
    app = await startIdentity();
  }, 60_000);
  afterAll(() => app.stop());

  const update = (who: SignedIn, change: Static<typeof updateProfile.request>) =>
    app.ask(updateProfile, change, who.context);
  const profileOf = (who: SignedIn) => app.ask(getProfile, {}, who.context);

  describe('profile', () => {
    it('starts empty: nothing is claimed for somebody who told nothing', async () => {
      me = await app.register();
      const profile = await profileOf(me);
      expect(compileSchema(Profile).problems(profile, 'profile')).toEqual([]);
      expect(profile).toMatchObject({
        full_name: 'Ada Lovelace',
        email: me.email,
        version: 0,
        skills: [],
        current_role: null,
        visa_sponsorship_required: null,
        completeness: { score: 0 },
      });
    });

    it('takes the example of the documentation and gives it back', async () => {
      me = await app.register();
      const change = {
        current_role: 'Data Scientist',
        experience_years: 5,
        skills: ['Python', 'Machine Learning', 'TensorFlow', 'SQL'],
        preferred_locations: ['Berlin', 'Amsterdam', 'Stockholm'],
        salary_min: 80000,
        salary_max: 120000,
        remote_preference: 'hybrid' as const,
        visa_sponsorship_required: true,
      };
      const profile = await update(me, change);
      expect(profile).toMatchObject({ ...change, version: 1 });
      expect(await profileOf(me)).toEqual(profile);
      expect(compileSchema(Profile).problems(profile, 'profile')).toEqual([]);
    });

    it('tells matching the facts with their version, and not a word of free text', async () => {
      me = await app.register();
      await update(me, {
        skills: ['TypeScript'],
        preferred_locations: ['Berlin, Germany', { country: 'SE' }],
        bio: 'I was born in Ulm.',
        phone: '+49 30 1234567',
        experience_level: 'senior',
        currency: 'EUR',
      });
      const [told, ...more] = await app.told(ProfileUpdatedV1, me.user.id);
      expect(more).toEqual([]);
      // Ids and a version: what a person wrote is on no stream.
      expect(told).toEqual({ user_id: me.user.id, version: 1 });
      expect(compileSchema(ProfileUpdatedV1.data).problems(told, 'event')).toEqual([]);
      const { profile } = await app.ask(getMatchProfile, { user_id: me.user.id });
      expect(profile).toEqual({
        user_id: me.user.id,
        version: 1,
        skills: ['TypeScript'],
        experience_level: 'senior',
        experience_years: null,
        preferred_locations: [
          { city: 'Berlin', country: 'DE' },
          { city: null, country: 'SE' },
        ],
        remote_preference: null,
        salary_min: null,
        salary_max: null,
        currency: 'EUR',
        visa_sponsorship_required: null,
      });
      expect(await app.ask(getMatchProfile, { user_id: newId() })).toEqual({ profile: null });
    });

    it('keeps every fact it offers', async () => {
      me = await app.register();
      const facts = {
        full_name: 'Augusta Ada King',
        headline: 'Analyst of engines',
        company: 'Analytical Engines Ltd',
        experience: [
          {
            title: 'Analyst',
            company: 'Babbage & Co',
            location: 'London',
            start_date: '1842-02',
            end_date: 'present',
            description: 'Wrote the first program.\nTranslated Menabrea.',
          },
        ],
        work_authorization: 'British citizen',
        career_goal: 'Poetical science',
        education: [{ institution: null, degree: 'Mathematics', field: null, start_date: null, end_date: '1841' }],
        links: [{ label: 'Notes', url: 'https://example.com/notes' }],
        bio: 'Enchantress of numbers',
        phone: '+44 20 7946 0000',
      };
      const profile = await update(me, { ...facts, languages: ['English', { name: 'French', level: 'C1' }] });
      expect(profile).toMatchObject(facts);
      expect(profile.languages).toEqual([
        { name: 'English', level: null },
        { name: 'French', level: 'C1' },
      ]);
      expect(await app.ask(getAccount, {}, me.context)).toMatchObject({ full_name: 'Augusta Ada King' });
    });

    it.each([
      ['a salary range upside down', { salary_min: 2, salary_max: 1 }, 'salary_max'],
      ['a level that does not exist', { experience_level: 'wizard' }, 'experience_level'],
      ['a negative number of years', { experience_years: -1 }, 'experience_years'],
      ['a link that is a script', { links: [{ label: 'x', url: 'javascript:alert(1)' }] }, 'links.0.url'],
      ['a country nobody knows', { preferred_locations: [{ country: 'Atlantis' }] }, 'preferred_locations.0.country'],
      ['a blank role', { current_role: '  ' }, 'current_role'],
      ['a letter as phone number', { phone: 'call me' }, 'phone'],
      ['a phone number with too few digits', { phone: '+9( ) ' }, 'phone'],
      ['a text with NUL in it', { bio: 'a\u0000b' }, 'bio'],
      ['a member nobody offered', { is_admin: true }, 'is_admin'],
      ['an id', { id: newId() }, 'id'],
    ])('refuses %s naming the field, and stores nothing of the rest', async (_what, change, field) => {
      me = await app.register();
      const request = { company: 'Half Written Ltd', skills: ['Halfway'], ...change };
      const failure = await failureOf(app.ask(updateProfile, JSON.parse(JSON.stringify(request)), me.context));
      expect(failure).toMatchObject({ kind: 'invalid', details: [{ field }] });
      expect(await profileOf(me)).toMatchObject({ company: null, skills: [], version: 0 });
      expect(await app.told(ProfileUpdatedV1, me.user.id)).toEqual([]);
    });

    it('refuses a change made from an older version and says which one is there', async () => {
      me = await app.register();
      await update(me, { company: 'First', version: 0 });
      expect(await failureOf(update(me, { company: 'Second', version: 0 }))).toMatchObject({
        kind: 'conflict',
        code: 'STALE_VERSION',
        extra: { current_version: 1 },
      });
      await expect(update(me, { company: 'Second', version: 1 })).resolves.toMatchObject({ version: 2 });
    });

    it('loses none of ten changes at once, each with a version of its own', async () => {
      me = await app.register();
      await Promise.all([
        ...Array.from({ length: 5 }, (_, i) => app.ask(createSkill, { name: `Skill ${i}` }, me.context)),
        ...Array.from({ length: 5 }, (_, i) => update(me, { experience_years: i })),
      ]);
      const profile = await profileOf(me);
      expect(profile.version).toBe(10);
      expect(profile.skills).toHaveLength(5);
      const versions = (await app.told(ProfileUpdatedV1, me.user.id)).map((data) => data.version);
      expect(versions.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    });

    it('reaches the bus', async () => {
      me = await app.register();
      await update(me, { company: 'X' });
      await eventually(async () => {
        const rows = await app.db.admin(
          `SELECT id FROM identity.outbox
           WHERE subject = $1 AND payload::jsonb ->> 'subject' = $2 AND published_at IS NOT NULL`,
          [ProfileUpdatedV1.subject, me.user.id],
        );
        expect(rows).toHaveLength(1);
      });
    });

    it('lets me change my name alone', async () => {
      me = await app.register();
      expect(await app.ask(updateAccount, { full_name: ' Ada King ' }, me.context)).toMatchObject({
        full_name: 'Ada King',
      });
      expect(await profileOf(me)).toMatchObject({ full_name: 'Ada King' });
    });
  });

  describe('skills', () => {
    it('are added, changed and removed one by one, and each is a new version of the profile', async () => {
      me = await app.register();
      const skill = await app.ask(createSkill, { name: 'Rust', proficiency: 'intermediate', years: 2.5 }, me.context);
      expect(skill).toMatchObject({ name: 'Rust', proficiency: 'intermediate', years: 2.5, is_verified: false });
      const changed = await app.ask(updateSkill, { skill_id: skill.id, years: 3 }, me.context);
      expect(changed).toMatchObject({ id: skill.id, name: 'Rust', proficiency: 'intermediate', years: 3 });
      expect(await app.ask(listSkills, {}, me.context)).toMatchObject({ total: 1, skills: [changed] });
      expect((await profileOf(me)).skill_details).toEqual([
        { name: 'Rust', proficiency: 'intermediate', years: 3, is_verified: false },
      ]);
      await app.ask(deleteSkill, { skill_id: skill.id }, me.context);
      expect(await profileOf(me)).toMatchObject({ skills: [], version: 3 });
      expect(await app.told(ProfileUpdatedV1, me.user.id)).toHaveLength(3);
    });

    it('keep their ids and details when the profile is written with the same names', async () => {
      me = await app.register();
      const skill = await app.ask(createSkill, { name: 'Go', years: 4 }, me.context);
      await update(me, { skills: ['Zig', 'go'] });
      const { skills } = await app.ask(listSkills, {}, me.context);
      expect(skills.map(({ name }) => name)).toEqual(['Zig', 'go']);
      expect(skills[1]).toMatchObject({ id: skill.id, years: 4 });
    });

    it('are there once: a second one of the same name is refused, however it is spelled', async () => {
      me = await app.register();
      await app.ask(createSkill, { name: 'Node.js' }, me.context);
      const other = await app.ask(createSkill, { name: 'Deno' }, me.context);
      for (const attempt of [
        () => app.ask(createSkill, { name: ' node.JS ' }, me.context),
        () => app.ask(updateSkill, { skill_id: other.id, name: 'NODE.js' }, me.context),
      ]) {
        expect(await failureOf(attempt())).toMatchObject({ kind: 'conflict', code: 'ALREADY_EXISTS' });
      }
    });

    it('with an idempotency key are added once', async () => {
      me = await app.register();
      const context = { ...me.context, idempotencyKey: newId() };
      const first = await app.ask(createSkill, { name: 'Ada' }, context);
      expect(await app.ask(createSkill, { name: 'Ada' }, context)).toEqual(first);
      expect(await profileOf(me)).toMatchObject({ version: 1 });
    });

    it('of other people are not found, and nobody verifies himself', async () => {
      me = await app.register();
      const other = await app.register();
      const skill = await app.ask(createSkill, { name: 'Secrets' }, me.context);
      for (const attempt of [
        () => app.ask(updateSkill, { skill_id: skill.id, years: 1 }, other.context),
        () => app.ask(deleteSkill, { skill_id: skill.id }, other.context),
      ]) {
        expect(await failureOf(attempt())).toMatchObject({ kind: 'not-found', code: 'NOT_FOUND' });
      }
      const request = JSON.parse('{"name":"Honesty","is_verified":true}');
      expect(await failureOf(app.ask(createSkill, request, me.context))).toMatchObject({
        details: [{ field: 'is_verified' }],
      });
      expect((await profileOf(me)).skills).toEqual(['Secrets']);
    });
  });

  describe('admins', () => {
    let admin: SignedIn;
    beforeAll(async () => {
      admin = await app.register({ roles: ['user', 'admin'] });
    });

    it('see everybody, by part of the address or the name; nobody else does', async () => {
      const one = await app.register({ full_name: 'Grace 100% Hopper' });
      const found = await app.ask(listUsers, { q: '100% hop' }, admin.context);
      expect(found).toMatchObject({ total: 1, users: [{ id: one.user.id, blocked: false, is_owner: false }] });
      expect(JSON.stringify(found)).not.toContain('argon2');
      expect(await app.ask(listUsers, { q: one.email.toUpperCase() }, admin.context)).toMatchObject({ total: 1 });
      expect((await app.ask(listUsers, { role: 'admin' }, admin.context)).users.map(({ id }) => id)).toContain(
        admin.user.id,
      );
      for (const roles of [['user' as const], ['employer' as const], []]) {
        const context = { ...one.context, caller: { ...one.context.caller, roles } };
        expect(await failureOf(app.ask(listUsers, {}, context))).toMatchObject({ kind: 'forbidden' });
        expect(
          await failureOf(app.ask(updateUserAccess, { user_id: one.user.id, roles: ['admin'] }, context)),
        ).toMatchObject({ kind: 'forbidden' });
      }
    });

    it('change roles: told at once, older tokens are named as no longer good, newer ones carry the new roles', async () => {
      const one = await app.register();
      app.clock.advance(400);
      const changed = await app.ask(
        updateUserAccess,
        { user_id: one.user.id, roles: ['user', 'employer'] },
        admin.context,
      );
      expect(changed.roles).toEqual(['user', 'employer']);
      const [told] = await app.told(UserAccessChangedV1, one.user.id);
      expect(told).toEqual({
        user_id: one.user.id,
        roles: ['user', 'employer'],
        blocked: false,
        valid_from: new Date(app.clock.now().getTime() + 1).toISOString(),
      });
      const { users } = await app.ask(listRevocations, {});
      expect(users).toContainEqual({ user_id: one.user.id, blocked: false, valid_from: told?.valid_from });

      const next = await app.ask(refreshSession, { refresh_token: one.tokens.refresh_token });
      const [before, after] = [one.tokens, next].map((pair) => jwt.decode(pair.access_token, { json: true }));
      const validFrom = Date.parse(told?.valid_from ?? '') / 1000;
      expect(before?.iat).toBeLessThan(validFrom);
      expect(after?.iat).toBeGreaterThanOrEqual(validFrom);
      expect(after?.roles).toEqual(['user', 'employer']);
    });

    it('block: every session ends, nobody signs in, and unblocking lets him in again', async () => {
      const one = await app.register();
      await app.ask(updateUserAccess, { user_id: one.user.id, blocked: true }, admin.context);
      const session_id = one.context.caller.session_id ?? '';
      expect(await app.told(SessionRevokedV1, session_id)).toMatchObject([{ reason: 'admin' }]);
      expect(await failureOf(app.ask(refreshSession, { refresh_token: one.tokens.refresh_token }))).toMatchObject({
        code: 'INVALID_REFRESH_TOKEN',
      });
      expect(await failureOf(app.signIn(one.email, PASSWORD))).toMatchObject({ code: 'ACCOUNT_DISABLED' });
      expect(await failureOf(app.signIn(one.email, 'wrong'))).toMatchObject({ code: 'INVALID_CREDENTIALS' });
      await app.ask(updateUserAccess, { user_id: one.user.id, blocked: false }, admin.context);
      await expect(app.signIn(one.email, PASSWORD)).resolves.toBeDefined();
      // In the same millisecond by this clock: readers must still be able to tell which came last.
      const [block, unblock] = await app.told(UserAccessChangedV1, one.user.id);
      expect([block?.blocked, unblock?.blocked]).toEqual([true, false]);
      expect(Date.parse(unblock?.valid_from ?? '')).toBeGreaterThan(Date.parse(block?.valid_from ?? ''));
    });

    it('tell nothing when nothing changes, and cannot touch the owner', async () => {
      const one = await app.register();
      await app.ask(updateUserAccess, { user_id: one.user.id, roles: ['user'], blocked: false }, admin.context);
      expect(await app.told(UserAccessChangedV1, one.user.id)).toEqual([]);
      expect(await failureOf(app.ask(updateUserAccess, { user_id: newId() }, admin.context))).toMatchObject({
        kind: 'not-found',
      });
      const { email } = await app.get(OwnerService).createOwner();
      const { users } = await app.ask(listUsers, { q: email }, admin.context);
      const user_id = users[0]?.id ?? '';
      for (const change of [{ blocked: true }, { roles: ['user' as const] }]) {
        expect(await failureOf(app.ask(updateUserAccess, { user_id, ...change }, admin.context))).toMatchObject({
          code: 'CONFLICT',
          message: expect.stringContaining('owner'),
        });
      }
    });
  });
});
