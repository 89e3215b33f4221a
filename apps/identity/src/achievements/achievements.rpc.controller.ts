import { Controller } from '@nestjs/common';
import {
  createAchievement,
  type CreateAchievementBody,
  deleteAchievement,
  getAchievement,
  listAchievements,
  type RpcContract,
  type Static,
  updateAchievement,
} from '#contracts';
import { Rpc, type RpcContext } from '#messaging';
import { AchievementsService } from './achievements.service.js';

type Request<C extends RpcContract> = Static<C['request']>;

@Controller()
export class AchievementsRpcController {
  constructor(private readonly achievements: AchievementsService) {}

  @Rpc(listAchievements)
  list(request: Request<typeof listAchievements>, context: RpcContext) {
    return this.achievements.list(request, context);
  }

  @Rpc(getAchievement)
  get(request: Request<typeof getAchievement>, context: RpcContext) {
    return this.achievements.get(request.achievement_id, context);
  }

  @Rpc(createAchievement)
  create(request: CreateAchievementBody, context: RpcContext) {
    return this.achievements.create(request, context);
  }

  @Rpc(updateAchievement)
  update({ achievement_id: id, ...change }: Request<typeof updateAchievement>, context: RpcContext) {
    return this.achievements.update(id, change, context);
  }

  @Rpc(deleteAchievement)
  async delete(request: Request<typeof deleteAchievement>, context: RpcContext) {
    await this.achievements.delete(request.achievement_id, context);
    return {};
  }
}
