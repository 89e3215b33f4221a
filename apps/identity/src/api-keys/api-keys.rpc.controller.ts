import { Controller } from '@nestjs/common';
import {
  createApiKey,
  deleteApiKey,
  getApiKey,
  listApiKeys,
  type RpcContract,
  type Static,
  updateApiKey,
  verifyApiKey,
} from '#contracts';
import { Rpc, type RpcContext } from '#messaging';
import { ApiKeysService } from './api-keys.service.js';

type Request<C extends RpcContract> = Static<C['request']>;

@Controller()
export class ApiKeysRpcController {
  constructor(private readonly keys: ApiKeysService) {}

  @Rpc(listApiKeys)
  list(request: Request<typeof listApiKeys>, context: RpcContext) {
    return this.keys.list(request, context);
  }

  @Rpc(getApiKey)
  get(request: Request<typeof getApiKey>, context: RpcContext) {
    return this.keys.get(request.key_id, context);
  }

  @Rpc(createApiKey)
  create(request: Request<typeof createApiKey>, context: RpcContext) {
    return this.keys.create(request, context);
  }

  @Rpc(updateApiKey)
  update(request: Request<typeof updateApiKey>, context: RpcContext) {
    return this.keys.rename(request.key_id, request.name, context);
  }

  @Rpc(deleteApiKey)
  async delete(request: Request<typeof deleteApiKey>, context: RpcContext) {
    await this.keys.revoke(request.key_id, context);
    return {};
  }

  @Rpc(verifyApiKey)
  verify(request: Request<typeof verifyApiKey>) {
    return this.keys.verify(request.hash);
  }
}
