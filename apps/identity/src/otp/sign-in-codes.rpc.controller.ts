import { Controller } from '@nestjs/common';
import {
  sendSignInCode,
  type SignInAnswer,
  type Static,
  verifySignInCode,
  type VerifySignInCodeRequest,
} from '#contracts';
import { Rpc, type RpcContext } from '#messaging';
import { SignInCodesService } from './sign-in-codes.service.js';

@Controller()
export class SignInCodesRpcController {
  constructor(private readonly codes: SignInCodesService) {}

  @Rpc(sendSignInCode)
  send(
    request: Static<typeof sendSignInCode.request>,
    context: RpcContext,
  ): Promise<Static<typeof sendSignInCode.response>> {
    return this.codes.send(request, context);
  }

  @Rpc(verifySignInCode)
  verify(request: VerifySignInCodeRequest, context: RpcContext): Promise<SignInAnswer> {
    return this.codes.verify(request, context);
  }
}
