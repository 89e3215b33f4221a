import { Inject, Injectable } from '@nestjs/common';
import { addGoalProgress, type listGoalProgress, type Static } from '#contracts';
import { type Clock, conflict, invalid, newId, notFound } from '#kernel';
import { callerId, Idempotency, type RpcContext } from '#messaging';
import { UnitOfWork } from '#persistence';
import { CLOCK } from '#platform';
import { pageHead, windowOf } from '../paging.js';
import { tidy } from '../tidy.js';
import type { GoalEntity, GoalProgressEntity } from './goal.entity.js';
import { toGoalProgress } from './goal-view.js';
import { GoalRepository } from './goal.repository.js';
import { GoalsService, ownGoal } from './goals.service.js';

/** Ten entries a day for more than two years. */
const MAX_ENTRIES = 10_000;

/** What is done towards a goal, entry by entry. */
@Injectable()
export class GoalProgressService {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly service: GoalsService,
    private readonly goals: GoalRepository,
  ) {}

  async list(
    { goal_id: goalId, ...query }: Static<typeof listGoalProgress.request>,
    context: RpcContext,
  ): Promise<Static<typeof listGoalProgress.response>> {
    const goal = ownGoal(await this.goals.find(callerId(context), goalId));
    const { limit, offset } = windowOf(query);
    const { rows, total } = await this.goals.progressPage(goal.id, limit, offset);
    return { ...pageHead(query, total), entries: rows.map(toGoalProgress) };
  }

  add(
    request: Static<typeof addGoalProgress.request>,
    context: RpcContext,
  ): Promise<Static<typeof addGoalProgress.response>> {
    const { goal_id: goalId, value, note = null, date } = tidy(request);
    if (value === 0) throw invalid([{ field: 'value', message: 'must not be 0' }]);
    return this.idempotency.run(addGoalProgress, request, context, async (tx) => {
      const userId = callerId(context);
      const goal = ownGoal(await this.goals.lock(tx, userId, goalId));
      if (goal.status !== 'active') {
        throw conflict('CONFLICT', `The goal is ${goal.status}; make it active again to add progress.`);
      }
      const today = await this.service.today(tx, userId);
      const day = date ?? today;
      refuseOutside(goal, day, today);
      if ((await this.goals.countProgress(tx, goalId)) >= MAX_ENTRIES) {
        throw conflict('LIMIT_REACHED', `A goal has at most ${MAX_ENTRIES} entries; start a new one.`);
      }
      const entry: GoalProgressEntity = { id: newId(), userId, goalId, day, value, note, createdAt: this.clock.now() };
      await this.goals.insertProgress(tx, entry);
      return { entry: toGoalProgress(entry), goal: await this.service.viewOf(tx, userId, goal) };
    });
  }

  delete(goalId: string, entryId: string, context: RpcContext): Promise<void> {
    return this.unitOfWork.run(async (tx) => {
      const goal = ownGoal(await this.goals.lock(tx, callerId(context), goalId));
      if (!(await this.goals.deleteProgress(tx, goal.id, entryId))) throw notFound('The entry');
    });
  }
}

/** Nobody did tomorrow's work today, and what was before the goal was not for it. */
function refuseOutside(goal: GoalEntity, day: string, today: string): void {
  const last = goal.endDate !== null && goal.endDate < today ? goal.endDate : today;
  if (day > today) throw invalid([{ field: 'date', message: `must not be after today (${today})` }]);
  if (day < goal.startDate || day > last) {
    throw invalid([{ field: 'date', message: `must be between ${goal.startDate} and ${last}, the days of the goal` }]);
  }
}
