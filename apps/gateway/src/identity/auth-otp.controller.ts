import { Controller } from '@nestjs/common';
import { sendSignInCode, verifySignInCode } from '#contracts';
import { RpcClient } from '#messaging';
import { Endpoint } from '../http/endpoint.js';
import type { Call, OperationInput } from '../http/operation.js';
import { sendOtpOperation, verifyOtpOperation } from './auth-otp.operations.js';

@Controller()
export class AuthOtpController {
  constructor(private readonly rpc: RpcClient) {}

  @Endpoint(sendOtpOperation)
  send(input: OperationInput<typeof sendOtpOperation>, call: Call) {
    return this.rpc.callRaw(sendSignInCode, input.body, call.context);
  }

  @Endpoint(verifyOtpOperation)
  verify(input: OperationInput<typeof verifyOtpOperation>, call: Call) {
    return this.rpc.callRaw(verifySignInCode, input.body, call.context);
  }
}
