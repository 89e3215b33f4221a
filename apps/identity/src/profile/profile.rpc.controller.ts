import { Controller } from '@nestjs/common';
import {
  createSkill,
  type CreateSkillBody,
  deleteSkill,
  getMatchProfile,
  getProfile,
  getSkill,
  listSkills,
  type Profile,
  type Skill,
  type Static,
  updateProfile,
  type UpdateProfileBody,
  updateSkill,
} from '#contracts';
import { Rpc, type RpcContext } from '#messaging';
import { ProfileService } from './profile.service.js';
import { SkillsService } from './skills.service.js';

@Controller()
export class ProfileRpcController {
  constructor(
    private readonly profile: ProfileService,
    private readonly skills: SkillsService,
  ) {}

  @Rpc(getProfile)
  get(_request: Record<string, never>, context: RpcContext): Promise<Profile> {
    return this.profile.getOwn(context);
  }

  @Rpc(getMatchProfile)
  async matchFacts({
    user_id: userId,
  }: Static<typeof getMatchProfile.request>): Promise<Static<typeof getMatchProfile.response>> {
    return { profile: await this.profile.matchFacts(userId) };
  }

  @Rpc(updateProfile)
  update(request: UpdateProfileBody, context: RpcContext): Promise<Profile> {
    return this.profile.updateOwn(request, context);
  }

  @Rpc(listSkills)
  listSkills(
    request: Static<typeof listSkills.request>,
    context: RpcContext,
  ): Promise<Static<typeof listSkills.response>> {
    return this.skills.list(request, context);
  }

  @Rpc(getSkill)
  getSkill(request: Static<typeof getSkill.request>, context: RpcContext): Promise<Skill> {
    return this.skills.get(request.skill_id, context);
  }

  @Rpc(createSkill)
  createSkill(request: CreateSkillBody, context: RpcContext): Promise<Skill> {
    return this.skills.create(request, context);
  }

  @Rpc(updateSkill)
  updateSkill(request: Static<typeof updateSkill.request>, context: RpcContext): Promise<Skill> {
    const { skill_id, ...change } = request;
    return this.skills.update(skill_id, change, context);
  }

  @Rpc(deleteSkill)
  async deleteSkill(request: Static<typeof deleteSkill.request>, context: RpcContext): Promise<Record<string, never>> {
    await this.skills.delete(request.skill_id, context);
    return {};
  }
}
