import { Controller } from '@nestjs/common';
import { changeEmail, requestPasswordReset, resendVerification, resetPassword, verifyEmail } from '#contracts';
import { RpcClient } from '#messaging';
import { Endpoint } from '../http/endpoint.js';
import type { Call, OperationInput } from '../http/operation.js';
import {
  changeEmailOperation,
  forgotPasswordOperation,
  resendVerificationOperation,
  resetPasswordOperation,
  verifyEmailOperation,
} from './auth-mail.operations.js';

/** Ways in and changes that go through the mailbox. */
@Controller()
export class AuthMailController {
  constructor(private readonly rpc: RpcClient) {}

  @Endpoint(verifyEmailOperation)
  verifyEmail(input: OperationInput<typeof verifyEmailOperation>, call: Call) {
    return this.rpc.callRaw(verifyEmail, input.body, call.context);
  }

  @Endpoint(resendVerificationOperation)
  resendVerification(_input: OperationInput<typeof resendVerificationOperation>, call: Call) {
    return this.rpc.callRaw(resendVerification, {}, call.context);
  }

  @Endpoint(changeEmailOperation)
  changeEmail(input: OperationInput<typeof changeEmailOperation>, call: Call) {
    return this.rpc.callRaw(changeEmail, input.body, call.context);
  }

  @Endpoint(forgotPasswordOperation)
  forgotPassword(input: OperationInput<typeof forgotPasswordOperation>, call: Call) {
    return this.rpc.callRaw(requestPasswordReset, input.body, call.context);
  }

  @Endpoint(resetPasswordOperation)
  resetPassword(input: OperationInput<typeof resetPasswordOperation>, call: Call) {
    return this.rpc.callRaw(resetPassword, input.body, call.context);
  }
}
