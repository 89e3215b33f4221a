import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  addGoalProgress,
  compileSchema,
  createAchievement,
  createGoal,
  deleteAchievement,
  deleteGoal,
  deleteGoalProgress,
  getAchievement,
  getGoal,
  Goal,
  listAchievements,
  listGoalProgress,
  listGoals,
  type Static,
  updateAchievement,
  updateGoal,
  updateProfile,
} from '#contracts';
import { newId } from '#kernel';
import { failureOf, type IdentityApp, type SignedIn, startIdentity } from './identity-app.js';

describe('achievements and goals', () => {
  let app: IdentityApp;
  let me: SignedIn;
  let other: SignedIn;
  beforeAll(async () => {
    app = await startIdentity();
    other = await app.register();
  }, 60_000);
  beforeEach(async () => {
    me = await app.register();
  });
  afterAll(() => app.stop());

  const notFound = { kind: 'not-found', code: 'NOT_FOUND' };

  describe('achievements', () => {
    it('are added, read, changed and removed by their owner', async () => {
      const added = await app.ask(
        createAchievement,
        { title: ' First talk ', icon: '🎤', date_achieved: '2024-02-29', description: 'Zeile eins\nZeile zwei' },
        me.context,
      );
      expect(added).toMatchObject({ title: 'First talk', icon: '🎤', date_achieved: '2024-02-29' });
      const changed = await app.ask(
        updateAchievement,
        { achievement_id: added.id, description: null, title: 'Talk' },
        me.context,
      );
      expect(changed).toMatchObject({ id: added.id, title: 'Talk', description: null, date_achieved: '2024-02-29' });
      expect(await app.ask(getAchievement, { achievement_id: added.id }, me.context)).toEqual(changed);
      await app.ask(deleteAchievement, { achievement_id: added.id }, me.context);
      expect(await app.ask(listAchievements, {}, me.context)).toMatchObject({ total: 0, achievements: [] });
    });

    it('come latest first, those without a date last', async () => {
      for (const date_achieved of ['2020-01-01', null, '2026-01-01']) {
        await app.ask(createAchievement, { title: String(date_achieved), date_achieved }, me.context);
      }
      const { achievements } = await app.ask(listAchievements, {}, me.context);
      expect(achievements.map(({ title }) => title)).toEqual(['2026-01-01', '2020-01-01', 'null']);
    });

    it('with an idempotency key are added once', async () => {
      const context = { ...me.context, idempotencyKey: newId() };
      const first = await app.ask(createAchievement, { title: 'Once' }, context);
      expect(await app.ask(createAchievement, { title: 'Once' }, context)).toEqual(first);
      expect(await app.ask(listAchievements, {}, me.context)).toMatchObject({ total: 1 });
    });

    it('of other people are neither found, nor changed, nor removed', async () => {
      const { id } = await app.ask(createAchievement, { title: 'Mine' }, me.context);
      for (const attempt of [
        () => app.ask(getAchievement, { achievement_id: id }, other.context),
        () => app.ask(updateAchievement, { achievement_id: id, title: 'Yours' }, other.context),
        () => app.ask(deleteAchievement, { achievement_id: id }, other.context),
        () => app.ask(getAchievement, { achievement_id: newId() }, me.context),
      ]) {
        expect(await failureOf(attempt())).toMatchObject(notFound);
      }
      expect(await app.ask(getAchievement, { achievement_id: id }, me.context)).toMatchObject({ title: 'Mine' });
    });

    it.each([
      ['a blank title', { title: ' \u00a0 ' }, 'title'],
      ['a title of 256 characters', { title: 'x'.repeat(256) }, 'title'],
      ['a description with NUL', { title: 'x', description: 'a\u0000b' }, 'description'],
      ['a day that does not exist', { title: 'x', date_achieved: '2025-02-29' }, 'date_achieved'],
      ['the year 0', { title: 'x', date_achieved: '0000-01-01' }, 'date_achieved'],
      ["somebody else's id", { title: 'x', user_id: newId() }, 'user_id'],
    ])('refuse %s by name', async (_what, request, field) => {
      const failure = await failureOf(app.ask(createAchievement, JSON.parse(JSON.stringify(request)), me.context));
      expect(failure).toMatchObject({ kind: 'invalid', details: [{ field }] });
    });

    it('end at 500, also when many are added at once', async () => {
      await app.db.admin(
        `INSERT INTO identity.achievement (id, user_id, title, created_at, updated_at)
         SELECT gen_random_uuid(), $1, 'x', now(), now() FROM generate_series(1, 498)`,
        [me.user.id],
      );
      const adds = Array.from({ length: 5 }, () => app.ask(createAchievement, { title: 'x' }, me.context));
      const outcomes = await Promise.allSettled(adds);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
      expect(await app.ask(listAchievements, {}, me.context)).toMatchObject({ total: 500 });
    });
  });

  describe('goals', () => {
    const weekly = { title: 'Apply', target: 5, unit: 'applications', period: 'weekly' as const };
    const add = (goal: { id: string }, entry: Omit<Static<typeof addGoalProgress.request>, 'goal_id'>) =>
      app.ask(addGoalProgress, { goal_id: goal.id, ...entry }, me.context);
    const at = (iso: string) => app.clock.jumpTo(new Date(iso));
    afterAll(() => app.clock.jumpTo(new Date()));

    it('start without progress, today where the person lives', async () => {
      at('2026-11-20T23:30:00Z');
      await app.ask(updateProfile, { time_zone: 'Europe/Berlin' }, me.context);
      const goal = await app.ask(createGoal, weekly, me.context);
      expect(compileSchema(Goal).problems(goal, 'goal')).toEqual([]);
      expect(goal).toMatchObject({
        start_date: '2026-11-21',
        status: 'active',
        progress: { value: 0, percent: 0, reached: false, period_start: '2026-11-16', period_end: '2026-11-22' },
        streak: { current: 0, longest: 0, unit: 'week' },
      });
    });

    it('count entries in their period, and weeks in a row', async () => {
      at('2026-11-05T12:00:00Z');
      const goal = await app.ask(createGoal, { ...weekly, start_date: '2026-11-02' }, me.context);
      await add(goal, { value: 5 });
      at('2026-11-12T12:00:00Z');
      await add(goal, { value: 3, note: 'Three in Berlin' });
      const { entry, goal: after } = await add(goal, { value: 2, date: '2026-11-09' });
      expect(entry).toMatchObject({ value: 2, date: '2026-11-09', note: null });
      expect(after).toMatchObject({ progress: { value: 5, percent: 100, reached: true }, streak: { current: 2 } });
      at('2026-11-20T12:00:00Z');
      expect(await app.ask(getGoal, { goal_id: goal.id }, me.context)).toMatchObject({
        progress: { value: 0, percent: 0 },
        streak: { current: 2, longest: 2 },
      });
      at('2026-11-25T12:00:00Z');
      expect(await app.ask(getGoal, { goal_id: goal.id }, me.context)).toMatchObject({
        streak: { current: 0, longest: 2 },
      });
      const { entries, total } = await app.ask(listGoalProgress, { goal_id: goal.id }, me.context);
      expect(total).toBe(3);
      expect(entries.map(({ date }) => date)).toEqual(['2026-11-12', '2026-11-09', '2026-11-05']);
    });

    it('keep the day an entry was written for when the person moves to another time zone', async () => {
      at('2026-11-20T08:00:00Z');
      await app.ask(updateProfile, { time_zone: 'Pacific/Kiritimati' }, me.context);
      const goal = await app.ask(createGoal, { ...weekly, period: 'daily', target: 1 }, me.context);
      expect((await add(goal, { value: 1 })).entry.date).toBe('2026-11-20');
      at('2026-11-20T23:00:00Z');
      expect((await add(goal, { value: 1 })).goal.streak.current).toBe(2);
      await app.ask(updateProfile, { time_zone: 'America/Los_Angeles' }, me.context);
      const { entries } = await app.ask(listGoalProgress, { goal_id: goal.id }, me.context);
      expect(entries.map(({ date }) => date)).toEqual(['2026-11-21', '2026-11-20']);
    });

    it('take back what was counted: by an entry below zero, or by removing one', async () => {
      at('2026-11-20T12:00:00Z');
      const goal = await app.ask(createGoal, { title: 'Read', target: 300, unit: 'pages' }, me.context);
      const first = await add(goal, { value: 200.5 });
      expect((await add(goal, { value: -0.5 })).goal.progress).toMatchObject({ value: 200, percent: 66 });
      await app.ask(deleteGoalProgress, { goal_id: goal.id, entry_id: first.entry.id }, me.context);
      expect((await app.ask(getGoal, { goal_id: goal.id }, me.context)).progress).toMatchObject({
        value: -0.5,
        percent: 0,
      });
    });

    it('count a repeated entry with the same idempotency key once, and refuse the key for another', async () => {
      const goal = await app.ask(createGoal, weekly, me.context);
      const context = { ...me.context, idempotencyKey: newId() };
      const once = await app.ask(addGoalProgress, { goal_id: goal.id, value: 2 }, context);
      expect(await app.ask(addGoalProgress, { goal_id: goal.id, value: 2 }, context)).toEqual(once);
      expect(await failureOf(app.ask(addGoalProgress, { goal_id: goal.id, value: 3 }, context))).toMatchObject({
        code: 'IDEMPOTENCY_KEY_REUSED',
      });
      expect((await app.ask(getGoal, { goal_id: goal.id }, me.context)).progress.value).toBe(2);
    });

    it('take no progress once completed or abandoned, until made active again', async () => {
      const goal = await app.ask(createGoal, weekly, me.context);
      for (const status of ['completed', 'abandoned'] as const) {
        await app.ask(updateGoal, { goal_id: goal.id, status }, me.context);
        expect(await failureOf(add(goal, { value: 1 }))).toMatchObject({ kind: 'conflict', code: 'CONFLICT' });
      }
      expect(await app.ask(listGoals, { status: 'abandoned' }, me.context)).toMatchObject({ total: 1 });
      expect(await app.ask(listGoals, { status: 'active' }, me.context)).toMatchObject({ total: 0 });
      await app.ask(updateGoal, { goal_id: goal.id, status: 'active' }, me.context);
      await expect(add(goal, { value: 1 })).resolves.toMatchObject({ goal: { progress: { value: 1 } } });
    });

    it.each([
      ['nothing', { value: 0 }, 'value'],
      ['tomorrow', { value: 1, date: '2026-11-21' }, 'date'],
      ['a day before the goal', { value: 1, date: '2026-11-01' }, 'date'],
      ['more than a number can hold', { value: 1e308 }, 'value'],
      ['a note with NUL', { value: 1, note: '\u0000' }, 'note'],
    ])('refuse %s as progress by name', async (_what, entry, field) => {
      at('2026-11-20T12:00:00Z');
      const goal = await app.ask(createGoal, { ...weekly, start_date: '2026-11-02' }, me.context);
      expect(await failureOf(add(goal, entry))).toMatchObject({ kind: 'invalid', details: [{ field }] });
      expect(await app.ask(listGoalProgress, { goal_id: goal.id }, me.context)).toMatchObject({ total: 0 });
    });

    it('take nothing after their end', async () => {
      at('2026-11-20T12:00:00Z');
      const dates = { start_date: '2026-11-01', end_date: '2026-11-10' };
      const goal = await app.ask(createGoal, { ...weekly, ...dates }, me.context);
      expect(await failureOf(add(goal, { value: 1 }))).toMatchObject({ details: [{ field: 'date' }] });
      await expect(add(goal, { value: 1, date: '2026-11-10' })).resolves.toBeDefined();
    });

    it.each([
      ['a target of zero', { target: 0 }, 'target'],
      ['an end before the start', { start_date: '2026-11-20', end_date: '2026-11-19' }, 'end_date'],
      ['a period nobody offers', { period: 'fortnightly' }, 'period'],
      ['the year 0', { start_date: '0000-12-31' }, 'start_date'],
      ['a time zone', { time_zone: 'UTC' }, 'time_zone'],
    ])('refuse %s by name', async (_what, change, field) => {
      const request = JSON.parse(JSON.stringify({ ...weekly, ...change }));
      expect(await failureOf(app.ask(createGoal, request, me.context))).toMatchObject({
        kind: 'invalid',
        details: [{ field }],
      });
    });

    it('refuse a change that would end before it starts, also when only one end was sent', async () => {
      const goal = await app.ask(createGoal, { ...weekly, start_date: '2026-11-10' }, me.context);
      expect(
        await failureOf(app.ask(updateGoal, { goal_id: goal.id, end_date: '2026-11-01' }, me.context)),
      ).toMatchObject({ details: [{ field: 'end_date' }] });
    });

    it('of other people are neither found, nor changed, nor counted', async () => {
      const goal = await app.ask(createGoal, weekly, me.context);
      const { entry } = await add(goal, { value: 1 });
      const theirs = await app.ask(createGoal, weekly, other.context);
      for (const attempt of [
        () => app.ask(getGoal, { goal_id: goal.id }, other.context),
        () => app.ask(updateGoal, { goal_id: goal.id, target: 1 }, other.context),
        () => app.ask(deleteGoal, { goal_id: goal.id }, other.context),
        () => app.ask(listGoalProgress, { goal_id: goal.id }, other.context),
        () => app.ask(addGoalProgress, { goal_id: goal.id, value: 1 }, other.context),
        () => app.ask(deleteGoalProgress, { goal_id: goal.id, entry_id: entry.id }, other.context),
        // An entry of mine through a goal of theirs.
        () => app.ask(deleteGoalProgress, { goal_id: theirs.id, entry_id: entry.id }, other.context),
      ]) {
        expect(await failureOf(attempt())).toMatchObject(notFound);
      }
      expect(await app.ask(getGoal, { goal_id: goal.id }, me.context)).toMatchObject({ progress: { value: 1 } });
      expect((await app.ask(listGoals, {}, other.context)).goals.map(({ id }) => id)).toEqual([theirs.id]);
    });

    it('take their entries along when they are removed', async () => {
      const goal = await app.ask(createGoal, weekly, me.context);
      await add(goal, { value: 1 });
      await app.ask(deleteGoal, { goal_id: goal.id }, me.context);
      expect(await app.db.admin('SELECT id FROM identity.goal_progress WHERE user_id = $1', [me.user.id])).toEqual([]);
    });

    it('refuse a time zone nobody knows', async () => {
      expect(await failureOf(app.ask(updateProfile, { time_zone: 'Europe/Atlantis' }, me.context))).toMatchObject({
        details: [{ field: 'time_zone' }],
      });
    });
  });
});
