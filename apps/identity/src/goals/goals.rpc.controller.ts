import { Controller } from '@nestjs/common';
import {
  addGoalProgress,
  createGoal,
  type CreateGoalBody,
  deleteGoal,
  deleteGoalProgress,
  getGoal,
  listGoalProgress,
  listGoals,
  type RpcContract,
  type Static,
  updateGoal,
} from '#contracts';
import { Rpc, type RpcContext } from '#messaging';
import { GoalProgressService } from './goal-progress.service.js';
import { GoalsService } from './goals.service.js';

type Request<C extends RpcContract> = Static<C['request']>;

@Controller()
export class GoalsRpcController {
  constructor(
    private readonly goals: GoalsService,
    private readonly progress: GoalProgressService,
  ) {}

  @Rpc(listGoals)
  list(request: Request<typeof listGoals>, context: RpcContext) {
    return this.goals.list(request, context);
  }

  @Rpc(getGoal)
  get(request: Request<typeof getGoal>, context: RpcContext) {
    return this.goals.get(request.goal_id, context);
  }

  @Rpc(createGoal)
  create(request: CreateGoalBody, context: RpcContext) {
    return this.goals.create(request, context);
  }

  @Rpc(updateGoal)
  update({ goal_id: id, ...change }: Request<typeof updateGoal>, context: RpcContext) {
    return this.goals.update(id, change, context);
  }

  @Rpc(deleteGoal)
  async delete(request: Request<typeof deleteGoal>, context: RpcContext) {
    await this.goals.delete(request.goal_id, context);
    return {};
  }

  @Rpc(listGoalProgress)
  listProgress(request: Request<typeof listGoalProgress>, context: RpcContext) {
    return this.progress.list(request, context);
  }

  @Rpc(addGoalProgress)
  addProgress(request: Request<typeof addGoalProgress>, context: RpcContext) {
    return this.progress.add(request, context);
  }

  @Rpc(deleteGoalProgress)
  async deleteProgress(request: Request<typeof deleteGoalProgress>, context: RpcContext) {
    await this.progress.delete(request.goal_id, request.entry_id, context);
    return {};
  }
}
