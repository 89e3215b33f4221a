import { Controller } from '@nestjs/common';
import {
  getPublicProfileSettings,
  searchProfiles,
  showProfileById,
  showProfileBySlug,
  updatePublicProfileSettings,
} from '#contracts';
import { RpcClient } from '#messaging';
import { Endpoint } from '../http/endpoint.js';
import type { Call, OperationInput } from '../http/operation.js';
import {
  getPublicProfileSettingsOperation,
  searchProfilesOperation,
  showProfileOperation,
  showUserOperation,
  updatePublicProfileSettingsOperation,
} from './public-profiles.operations.js';

@Controller()
export class PublicProfilesController {
  constructor(private readonly rpc: RpcClient) {}

  @Endpoint(getPublicProfileSettingsOperation)
  settings(_input: OperationInput<typeof getPublicProfileSettingsOperation>, call: Call) {
    return this.rpc.callRaw(getPublicProfileSettings, {}, call.context);
  }

  @Endpoint(updatePublicProfileSettingsOperation)
  updateSettings(input: OperationInput<typeof updatePublicProfileSettingsOperation>, call: Call) {
    return this.rpc.callRaw(updatePublicProfileSettings, input.body, call.context);
  }

  @Endpoint(searchProfilesOperation)
  search(input: OperationInput<typeof searchProfilesOperation>, call: Call) {
    return this.rpc.callRaw(searchProfiles, input.query, call.context);
  }

  @Endpoint(showProfileOperation)
  showPage(input: OperationInput<typeof showProfileOperation>, call: Call) {
    return this.rpc.callRaw(showProfileBySlug, { slug: input.params.slug }, call.context);
  }

  @Endpoint(showUserOperation)
  showUser(input: OperationInput<typeof showUserOperation>, call: Call) {
    return this.rpc.callRaw(showProfileById, { user_id: input.params.id }, call.context);
  }
}
