import { Controller } from '@nestjs/common';
import {
  getPublicProfileSettings,
  type ProfileSearchQuery,
  searchProfiles,
  showProfileById,
  showProfileBySlug,
  type Static,
  type UpdatePublicProfileBody,
  updatePublicProfileSettings,
} from '#contracts';
import { Rpc, type RpcContext } from '#messaging';
import { PublicProfileSettingsService } from './public-profile-settings.service.js';
import { PublicProfilesService } from './public-profiles.service.js';

@Controller()
export class PublicProfileRpcController {
  constructor(
    private readonly settings: PublicProfileSettingsService,
    private readonly profiles: PublicProfilesService,
  ) {}

  @Rpc(getPublicProfileSettings)
  getSettings(_request: Record<string, never>, context: RpcContext) {
    return this.settings.get(context);
  }

  @Rpc(updatePublicProfileSettings)
  updateSettings(request: UpdatePublicProfileBody, context: RpcContext) {
    return this.settings.update(request, context);
  }

  @Rpc(searchProfiles)
  search(request: ProfileSearchQuery, context: RpcContext) {
    return this.profiles.search(request, context);
  }

  @Rpc(showProfileBySlug)
  bySlug(request: Static<typeof showProfileBySlug.request>, context: RpcContext) {
    return this.profiles.bySlug(request.slug, context);
  }

  @Rpc(showProfileById)
  byId(request: Static<typeof showProfileById.request>, context: RpcContext) {
    return this.profiles.byId(request.user_id, context);
  }
}
