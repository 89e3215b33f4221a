import { Controller } from '@nestjs/common';
import {
  changePassword,
  createSkill,
  deleteSkill,
  getProfile,
  getSkill,
  importUsers,
  listSkills,
  listUsers,
  removeSecondFactor,
  startPasswordReset,
  updateProfile,
  updateSkill,
  updateUserAccess,
} from '#contracts';
import { RpcClient } from '#messaging';
import { Endpoint } from '../http/endpoint.js';
import type { Call, OperationInput } from '../http/operation.js';
import {
  changePasswordOperation,
  createSkillOperation,
  deleteSkillOperation,
  getProfileOperation,
  getSkillOperation,
  importUsersOperation,
  listSkillsOperation,
  listUsersOperation,
  removeSecondFactorOperation,
  startPasswordResetOperation,
  updateProfileOperation,
  updateSkillOperation,
  updateUserOperation,
} from './users.operations.js';

@Controller()
export class UsersController {
  constructor(private readonly rpc: RpcClient) {}

  @Endpoint(getProfileOperation)
  profile(_input: OperationInput<typeof getProfileOperation>, call: Call) {
    return this.rpc.callRaw(getProfile, {}, call.context);
  }

  @Endpoint(updateProfileOperation)
  updateProfile(input: OperationInput<typeof updateProfileOperation>, call: Call) {
    return this.rpc.callRaw(updateProfile, input.body, call.context);
  }

  @Endpoint(changePasswordOperation)
  changePassword(input: OperationInput<typeof changePasswordOperation>, call: Call) {
    return this.rpc.callRaw(changePassword, input.body, call.context);
  }

  @Endpoint(listSkillsOperation)
  skills(input: OperationInput<typeof listSkillsOperation>, call: Call) {
    return this.rpc.callRaw(listSkills, input.query, call.context);
  }

  @Endpoint(getSkillOperation)
  skill(input: OperationInput<typeof getSkillOperation>, call: Call) {
    return this.rpc.callRaw(getSkill, { skill_id: input.params.id }, call.context);
  }

  @Endpoint(createSkillOperation)
  createSkill(input: OperationInput<typeof createSkillOperation>, call: Call) {
    return this.rpc.callRaw(createSkill, input.body, call.context);
  }

  @Endpoint(updateSkillOperation)
  updateSkill(input: OperationInput<typeof updateSkillOperation>, call: Call) {
    return this.rpc.callRaw(updateSkill, { ...input.body, skill_id: input.params.id }, call.context);
  }

  @Endpoint(deleteSkillOperation)
  async deleteSkill(input: OperationInput<typeof deleteSkillOperation>, call: Call): Promise<void> {
    await this.rpc.callRaw(deleteSkill, { skill_id: input.params.id }, call.context);
  }

  @Endpoint(listUsersOperation)
  users(input: OperationInput<typeof listUsersOperation>, call: Call) {
    return this.rpc.callRaw(listUsers, input.query, call.context);
  }

  @Endpoint(importUsersOperation)
  importUsers(input: OperationInput<typeof importUsersOperation>, call: Call) {
    return this.rpc.callRaw(importUsers, input.body, call.context);
  }

  @Endpoint(updateUserOperation)
  updateUser(input: OperationInput<typeof updateUserOperation>, call: Call) {
    return this.rpc.callRaw(updateUserAccess, { ...input.body, user_id: input.params.id }, call.context);
  }

  @Endpoint(removeSecondFactorOperation)
  async removeSecondFactor(input: OperationInput<typeof removeSecondFactorOperation>, call: Call): Promise<void> {
    await this.rpc.callRaw(removeSecondFactor, { user_id: input.params.id }, call.context);
  }

  @Endpoint(startPasswordResetOperation)
  startPasswordReset(input: OperationInput<typeof startPasswordResetOperation>, call: Call) {
    return this.rpc.callRaw(startPasswordReset, { user_id: input.params.id }, call.context);
  }
}
