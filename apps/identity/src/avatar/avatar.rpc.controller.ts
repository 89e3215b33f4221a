import { Controller } from '@nestjs/common';
import { deleteAvatar, getAvatar, setAvatar, type Static } from '#contracts';
import { Rpc, type RpcContext } from '#messaging';
import { AvatarsService } from './avatars.service.js';

@Controller()
export class AvatarRpcController {
  constructor(private readonly avatars: AvatarsService) {}

  @Rpc(setAvatar)
  set(request: Static<typeof setAvatar.request>, context: RpcContext) {
    return this.avatars.set(request, context);
  }

  @Rpc(deleteAvatar)
  async delete(_request: Record<string, never>, context: RpcContext) {
    await this.avatars.remove(context);
    return {};
  }

  @Rpc(getAvatar)
  async show({ avatar_id: id, size }: Static<typeof getAvatar.request>) {
    return { picture: (await this.avatars.show(id, size)).toString('base64') };
  }
}
