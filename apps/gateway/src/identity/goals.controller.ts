import { Controller } from '@nestjs/common';
import {
  addGoalProgress,
  createGoal,
  deleteGoal,
  deleteGoalProgress,
  getGoal,
  listGoalProgress,
  listGoals,
  updateGoal,
} from '#contracts';
import { RpcClient } from '#messaging';
import { Endpoint } from '../http/endpoint.js';
import type { Call, OperationInput } from '../http/operation.js';
import {
  addGoalProgressOperation,
  createGoalOperation,
  deleteGoalOperation,
  deleteGoalProgressOperation,
  getGoalOperation,
  listGoalProgressOperation,
  listGoalsOperation,
  updateGoalOperation,
} from './goals.operations.js';

@Controller()
export class GoalsController {
  constructor(private readonly rpc: RpcClient) {}

  @Endpoint(listGoalsOperation)
  list(input: OperationInput<typeof listGoalsOperation>, call: Call) {
    return this.rpc.callRaw(listGoals, input.query, call.context);
  }

  @Endpoint(getGoalOperation)
  get(input: OperationInput<typeof getGoalOperation>, call: Call) {
    return this.rpc.callRaw(getGoal, { goal_id: input.params.id }, call.context);
  }

  @Endpoint(createGoalOperation)
  create(input: OperationInput<typeof createGoalOperation>, call: Call) {
    return this.rpc.callRaw(createGoal, input.body, call.context);
  }

  @Endpoint(updateGoalOperation)
  update(input: OperationInput<typeof updateGoalOperation>, call: Call) {
    return this.rpc.callRaw(updateGoal, { ...input.body, goal_id: input.params.id }, call.context);
  }

  @Endpoint(deleteGoalOperation)
  async delete(input: OperationInput<typeof deleteGoalOperation>, call: Call): Promise<void> {
    await this.rpc.callRaw(deleteGoal, { goal_id: input.params.id }, call.context);
  }

  @Endpoint(listGoalProgressOperation)
  listProgress(input: OperationInput<typeof listGoalProgressOperation>, call: Call) {
    return this.rpc.callRaw(listGoalProgress, { ...input.query, goal_id: input.params.id }, call.context);
  }

  @Endpoint(addGoalProgressOperation)
  addProgress(input: OperationInput<typeof addGoalProgressOperation>, call: Call) {
    return this.rpc.callRaw(addGoalProgress, { ...input.body, goal_id: input.params.id }, call.context);
  }

  @Endpoint(deleteGoalProgressOperation)
  async deleteProgress(input: OperationInput<typeof deleteGoalProgressOperation>, call: Call): Promise<void> {
    const { id, entry_id } = input.params;
    await this.rpc.callRaw(deleteGoalProgress, { goal_id: id, entry_id }, call.context);
  }
}
