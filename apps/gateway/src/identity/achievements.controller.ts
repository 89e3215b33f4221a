import { Controller } from '@nestjs/common';
import { createAchievement, deleteAchievement, getAchievement, listAchievements, updateAchievement } from '#contracts';
import { RpcClient } from '#messaging';
import { Endpoint } from '../http/endpoint.js';
import type { Call, OperationInput } from '../http/operation.js';
import {
  createAchievementOperation,
  deleteAchievementOperation,
  getAchievementOperation,
  listAchievementsOperation,
  updateAchievementOperation,
} from './achievements.operations.js';

@Controller()
export class AchievementsController {
  constructor(private readonly rpc: RpcClient) {}

  @Endpoint(listAchievementsOperation)
  list(input: OperationInput<typeof listAchievementsOperation>, call: Call) {
    return this.rpc.callRaw(listAchievements, input.query, call.context);
  }

  @Endpoint(getAchievementOperation)
  get(input: OperationInput<typeof getAchievementOperation>, call: Call) {
    return this.rpc.callRaw(getAchievement, { achievement_id: input.params.id }, call.context);
  }

  @Endpoint(createAchievementOperation)
  create(input: OperationInput<typeof createAchievementOperation>, call: Call) {
    return this.rpc.callRaw(createAchievement, input.body, call.context);
  }

  @Endpoint(updateAchievementOperation)
  update(input: OperationInput<typeof updateAchievementOperation>, call: Call) {
    return this.rpc.callRaw(updateAchievement, { ...input.body, achievement_id: input.params.id }, call.context);
  }

  @Endpoint(deleteAchievementOperation)
  async delete(input: OperationInput<typeof deleteAchievementOperation>, call: Call): Promise<void> {
    await this.rpc.callRaw(deleteAchievement, { achievement_id: input.params.id }, call.context);
  }
}
