import { Controller } from '@nestjs/common';
import { requestPasswordReset, resetPassword, startPasswordReset, type Static } from '#contracts';
import { Rpc, type RpcContext } from '#messaging';
import { PasswordResetService } from './password-reset.service.js';

@Controller()
export class PasswordResetRpcController {
  constructor(private readonly resets: PasswordResetService) {}

  @Rpc(requestPasswordReset)
  request(
    request: Static<typeof requestPasswordReset.request>,
    context: RpcContext,
  ): Promise<Static<typeof requestPasswordReset.response>> {
    return this.resets.request(request, context);
  }

  @Rpc(startPasswordReset)
  start(
    request: Static<typeof startPasswordReset.request>,
    context: RpcContext,
  ): Promise<Static<typeof startPasswordReset.response>> {
    return this.resets.start(request, context);
  }

  @Rpc(resetPassword)
  reset(
    request: Static<typeof resetPassword.request>,
    context: RpcContext,
  ): Promise<Static<typeof resetPassword.response>> {
    return this.resets.reset(request, context);
  }
}
