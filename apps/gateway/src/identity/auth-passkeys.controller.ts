import { Controller } from '@nestjs/common';
import {
  beginPasskey,
  beginPasskeySignIn,
  deletePasskey,
  listPasskeys,
  registerPasskey,
  signInWithPasskey,
} from '#contracts';
import { RpcClient } from '#messaging';
import { Endpoint } from '../http/endpoint.js';
import type { Call, OperationInput } from '../http/operation.js';
import {
  beginPasskeyOperation,
  beginPasskeySignInOperation,
  deletePasskeyOperation,
  listPasskeysOperation,
  registerPasskeyOperation,
  signInWithPasskeyOperation,
} from './auth-passkeys.operations.js';

@Controller()
export class AuthPasskeysController {
  constructor(private readonly rpc: RpcClient) {}

  @Endpoint(beginPasskeyOperation)
  begin(input: OperationInput<typeof beginPasskeyOperation>, call: Call) {
    return this.rpc.callRaw(beginPasskey, input.body, call.context);
  }

  @Endpoint(registerPasskeyOperation)
  register(input: OperationInput<typeof registerPasskeyOperation>, call: Call) {
    return this.rpc.callRaw(registerPasskey, input.body, call.context);
  }

  @Endpoint(beginPasskeySignInOperation)
  beginSignIn(_input: OperationInput<typeof beginPasskeySignInOperation>, call: Call) {
    return this.rpc.callRaw(beginPasskeySignIn, {}, call.context);
  }

  @Endpoint(signInWithPasskeyOperation)
  signIn(input: OperationInput<typeof signInWithPasskeyOperation>, call: Call) {
    return this.rpc.callRaw(signInWithPasskey, input.body, call.context);
  }

  @Endpoint(listPasskeysOperation)
  list(_input: OperationInput<typeof listPasskeysOperation>, call: Call) {
    return this.rpc.callRaw(listPasskeys, {}, call.context);
  }

  @Endpoint(deletePasskeyOperation)
  async delete({ params }: OperationInput<typeof deletePasskeyOperation>, call: Call): Promise<void> {
    await this.rpc.callRaw(deletePasskey, { passkey_id: params.id }, call.context);
  }
}
