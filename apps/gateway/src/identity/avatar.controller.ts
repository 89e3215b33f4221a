import { Controller } from '@nestjs/common';
import { AVATAR_MAX_BYTES, deleteAvatar, getAvatar, setAvatar } from '#contracts';
import { RpcClient } from '#messaging';
import { Answer } from '../http/answer.js';
import { Endpoint } from '../http/endpoint.js';
import type { Call, OperationInput } from '../http/operation.js';
import { uploadedFile } from '../http/uploaded-file.js';
import { deleteAvatarOperation, getAvatarOperation, setAvatarOperation } from './avatar.operations.js';

@Controller()
export class AvatarController {
  constructor(private readonly rpc: RpcClient) {}

  @Endpoint(setAvatarOperation)
  async set(input: OperationInput<typeof setAvatarOperation>, call: Call) {
    const bytes = await uploadedFile(input.raw, 'file', AVATAR_MAX_BYTES);
    return this.rpc.callRaw(setAvatar, { picture: Buffer.from(bytes).toString('base64') }, call.context);
  }

  @Endpoint(deleteAvatarOperation)
  async delete(_input: OperationInput<typeof deleteAvatarOperation>, call: Call): Promise<void> {
    await this.rpc.callRaw(deleteAvatar, {}, call.context);
  }

  @Endpoint(getAvatarOperation)
  async show(input: OperationInput<typeof getAvatarOperation>, call: Call) {
    const question = { avatar_id: input.params.id, size: input.query.size ?? ('256' as const) };
    const { picture } = await this.rpc.call(getAvatar, question, call.context);
    return Answer.picture(Buffer.from(picture, 'base64'), 'image/webp');
  }
}
