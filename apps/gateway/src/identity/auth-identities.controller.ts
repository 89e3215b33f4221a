import { Controller } from '@nestjs/common';
import { confirmLinking, listIdentities, startLinking, unlinkIdentity } from '#contracts';
import { RpcClient } from '#messaging';
import { Endpoint } from '../http/endpoint.js';
import type { Call, OperationInput } from '../http/operation.js';
import {
  confirmLinkingOperation,
  listIdentitiesOperation,
  startLinkingOperation,
  unlinkIdentityOperation,
} from './auth-identities.operations.js';

@Controller()
export class AuthIdentitiesController {
  constructor(private readonly rpc: RpcClient) {}

  @Endpoint(listIdentitiesOperation)
  list(_input: OperationInput<typeof listIdentitiesOperation>, call: Call) {
    return this.rpc.callRaw(listIdentities, {}, call.context);
  }

  @Endpoint(startLinkingOperation)
  start(input: OperationInput<typeof startLinkingOperation>, call: Call) {
    return this.rpc.callRaw(startLinking, input.body, call.context);
  }

  @Endpoint(confirmLinkingOperation)
  confirm(input: OperationInput<typeof confirmLinkingOperation>, call: Call) {
    return this.rpc.callRaw(confirmLinking, input.body, call.context);
  }

  @Endpoint(unlinkIdentityOperation)
  async unlink({ params }: OperationInput<typeof unlinkIdentityOperation>, call: Call): Promise<void> {
    await this.rpc.callRaw(unlinkIdentity, { identity_id: params.id }, call.context);
  }
}
