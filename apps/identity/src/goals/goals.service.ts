import { Inject, Injectable } from '@nestjs/common';
import {
  createGoal,
  type CreateGoalBody,
  type Goal,
  type listGoals,
  type Static,
  type UpdateGoalBody,
} from '#contracts';
import { type Clock, conflict, invalid, newId, notFound } from '#kernel';
import { callerId, Idempotency, type RpcContext } from '#messaging';
import { Database, type Queryable, UnitOfWork } from '#persistence';
import { CLOCK } from '#platform';
import { AccountRepository } from '../accounts/account.repository.js';
import { assertCivilDays } from '../civil-days.js';
import { pageHead, windowOf } from '../paging.js';
import { dayIn, type Day } from '../profile/domain/time-zone.js';
import { ProfileRepository } from '../profile/profile.repository.js';
import { tidy } from '../tidy.js';
import type { GoalEntity } from './goal.entity.js';
import { toGoal } from './goal-view.js';
import { GoalRepository } from './goal.repository.js';

const MAX_GOALS = 200;

@Injectable()
export class GoalsService {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly accounts: AccountRepository,
    private readonly profiles: ProfileRepository,
    private readonly goals: GoalRepository,
  ) {}

  async list(query: Static<typeof listGoals.request>, context: RpcContext): Promise<Static<typeof listGoals.response>> {
    const userId = callerId(context);
    const { limit, offset } = windowOf(query);
    const { rows, total } = await this.goals.page(userId, query.status, limit, offset);
    return { ...pageHead(query, total), goals: await this.withProgress(this.database, userId, rows) };
  }

  async get(id: string, context: RpcContext): Promise<Goal> {
    const userId = callerId(context);
    return this.viewOf(this.database, userId, await this.goals.find(userId, id));
  }

  create(request: CreateGoalBody, context: RpcContext): Promise<Goal> {
    const wanted = tidy(request);
    assertCivilDays({ start_date: wanted.start_date, end_date: wanted.end_date });
    return this.idempotency.run(createGoal, request, context, async (tx) => {
      const userId = callerId(context);
      // Two creates at once must not both find the last free place.
      if ((await this.accounts.lock(tx, userId)) === null) throw notFound('The account');
      if ((await this.goals.count(tx, userId)) >= MAX_GOALS) {
        throw conflict('LIMIT_REACHED', `There are at most ${MAX_GOALS} goals; delete one first.`);
      }
      const now = this.clock.now();
      const goal: GoalEntity = {
        id: newId(),
        userId,
        title: wanted.title,
        description: wanted.description ?? null,
        category: wanted.category ?? null,
        target: wanted.target,
        unit: wanted.unit,
        period: wanted.period ?? 'total',
        priority: wanted.priority ?? 'normal',
        status: 'active',
        startDate: wanted.start_date ?? (await this.today(tx, userId)),
        endDate: wanted.end_date ?? null,
        createdAt: now,
        updatedAt: now,
      };
      refuseBackwards(goal);
      await this.goals.save(tx, goal);
      return this.viewOf(tx, userId, goal);
    });
  }

  update(id: string, request: UpdateGoalBody, context: RpcContext): Promise<Goal> {
    const { start_date: startDate, end_date: endDate, ...change } = tidy(request);
    assertCivilDays({ start_date: startDate, end_date: endDate });
    return this.unitOfWork.run(async (tx) => {
      const userId = callerId(context);
      const goal = ownGoal(await this.goals.lock(tx, userId, id));
      const changed: GoalEntity = {
        ...goal,
        ...change,
        startDate: startDate ?? goal.startDate,
        endDate: endDate === undefined ? goal.endDate : endDate,
        updatedAt: this.clock.now(),
      };
      refuseBackwards(changed);
      await this.goals.save(tx, changed);
      return this.viewOf(tx, userId, changed);
    });
  }

  delete(id: string, context: RpcContext): Promise<void> {
    return this.unitOfWork.run(async (tx) => {
      if (!(await this.goals.delete(tx, callerId(context), id))) throw notFound('The goal');
    });
  }

  /** The day it is now where the person lives. */
  async today(db: Queryable, userId: string): Promise<Day> {
    return dayIn(await this.profiles.timeZone(db, userId), this.clock.now());
  }

  async viewOf(db: Queryable, userId: string, goal: GoalEntity | null): Promise<Goal> {
    const [view] = await this.withProgress(db, userId, [ownGoal(goal)]);
    if (view === undefined) throw notFound('The goal');
    return view;
  }

  private async withProgress(db: Queryable, userId: string, rows: readonly GoalEntity[]): Promise<Goal[]> {
    if (rows.length === 0) return [];
    const today = await this.today(db, userId);
    const ids = rows.map(({ id }) => id);
    const totals = await this.goals.dayTotals(db, ids);
    return rows.map((goal) => toGoal(goal, totals.get(goal.id) ?? [], today));
  }
}

export function ownGoal(goal: GoalEntity | null): GoalEntity {
  if (goal === null) throw notFound('The goal');
  return goal;
}

function refuseBackwards({ startDate, endDate }: GoalEntity): void {
  if (endDate !== null && endDate < startDate) {
    throw invalid([{ field: 'end_date', message: `must not be before start_date (${startDate})` }]);
  }
}
