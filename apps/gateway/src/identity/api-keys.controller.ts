import { Controller } from '@nestjs/common';
import { createApiKey, deleteApiKey, getApiKey, listApiKeys, updateApiKey } from '#contracts';
import { RpcClient } from '#messaging';
import { Endpoint } from '../http/endpoint.js';
import type { Call, OperationInput } from '../http/operation.js';
import {
  createApiKeyOperation,
  deleteApiKeyOperation,
  getApiKeyOperation,
  listApiKeysOperation,
  updateApiKeyOperation,
} from './api-keys.operations.js';

@Controller()
export class ApiKeysController {
  constructor(private readonly rpc: RpcClient) {}

  @Endpoint(listApiKeysOperation)
  list({ query }: OperationInput<typeof listApiKeysOperation>, call: Call) {
    return this.rpc.callRaw(listApiKeys, query, call.context);
  }

  @Endpoint(createApiKeyOperation)
  create({ body }: OperationInput<typeof createApiKeyOperation>, call: Call) {
    return this.rpc.callRaw(createApiKey, body, call.context);
  }

  @Endpoint(getApiKeyOperation)
  get({ params }: OperationInput<typeof getApiKeyOperation>, call: Call) {
    return this.rpc.callRaw(getApiKey, { key_id: params.id }, call.context);
  }

  @Endpoint(updateApiKeyOperation)
  update({ params, body }: OperationInput<typeof updateApiKeyOperation>, call: Call) {
    return this.rpc.callRaw(updateApiKey, { key_id: params.id, ...body }, call.context);
  }

  @Endpoint(deleteApiKeyOperation)
  async delete({ params }: OperationInput<typeof deleteApiKeyOperation>, call: Call): Promise<void> {
    await this.rpc.callRaw(deleteApiKey, { key_id: params.id }, call.context);
  }
}
