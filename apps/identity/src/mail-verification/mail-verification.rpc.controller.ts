import { Controller } from '@nestjs/common';
import { changeEmail, resendVerification, type Static, verifyEmail } from '#contracts';
import { Rpc, type RpcContext } from '#messaging';
import { EmailChangeService } from './email-change.service.js';
import { MailVerificationService } from './mail-verification.service.js';

@Controller()
export class MailVerificationRpcController {
  constructor(
    private readonly verification: MailVerificationService,
    private readonly changes: EmailChangeService,
  ) {}

  @Rpc(verifyEmail)
  verify(
    { token }: Static<typeof verifyEmail.request>,
    context: RpcContext,
  ): Promise<Static<typeof verifyEmail.response>> {
    return this.verification.verify(token, context);
  }

  @Rpc(resendVerification)
  resend(_request: Record<string, never>, context: RpcContext): Promise<Static<typeof resendVerification.response>> {
    return this.verification.resend(context);
  }

  @Rpc(changeEmail)
  change(
    request: Static<typeof changeEmail.request>,
    context: RpcContext,
  ): Promise<Static<typeof changeEmail.response>> {
    return this.changes.request(request, context);
  }
}
