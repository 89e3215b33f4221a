import { Controller } from '@nestjs/common';
import {
  beginPasskey,
  type BeginPasskeyRequest,
  beginPasskeySignIn,
  deletePasskey,
  listPasskeys,
  type Passkey,
  type PasskeyCreation,
  type PasskeyRequest,
  type PasskeySignInRequest,
  registerPasskey,
  type RegisterPasskeyRequest,
  signInWithPasskey,
  type Static,
  type TokenPair,
} from '#contracts';
import { callerId, Rpc, type RpcContext } from '#messaging';
import { PasskeySignInService } from './passkey-sign-in.service.js';
import { PasskeysService } from './passkeys.service.js';

@Controller()
export class PasskeysRpcController {
  constructor(
    private readonly passkeys: PasskeysService,
    private readonly signInService: PasskeySignInService,
  ) {}

  @Rpc(beginPasskey)
  begin(request: BeginPasskeyRequest, context: RpcContext): Promise<PasskeyCreation> {
    return this.passkeys.begin(request, context);
  }

  @Rpc(registerPasskey)
  register(request: RegisterPasskeyRequest, context: RpcContext): Promise<Passkey> {
    return this.passkeys.register(request, context);
  }

  @Rpc(beginPasskeySignIn)
  beginSignIn(): Promise<PasskeyRequest> {
    return this.signInService.begin();
  }

  @Rpc(signInWithPasskey)
  signIn(request: PasskeySignInRequest, context: RpcContext): Promise<TokenPair> {
    return this.signInService.signIn(request, context);
  }

  @Rpc(listPasskeys)
  list(_request: Record<string, never>, context: RpcContext): Promise<Static<typeof listPasskeys.response>> {
    return this.passkeys.list(callerId(context));
  }

  @Rpc(deletePasskey)
  async delete(
    { passkey_id }: Static<typeof deletePasskey.request>,
    context: RpcContext,
  ): Promise<Record<string, never>> {
    await this.passkeys.delete(passkey_id, context);
    return {};
  }
}
