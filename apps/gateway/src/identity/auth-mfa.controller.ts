import { Controller } from '@nestjs/common';
import { disableTotp, enableTotp, renewRecoveryCodes, setUpTotp, verifyMfa } from '#contracts';
import { RpcClient } from '#messaging';
import { Endpoint } from '../http/endpoint.js';
import type { Call, OperationInput } from '../http/operation.js';
import {
  disableTotpOperation,
  enableTotpOperation,
  renewRecoveryCodesOperation,
  setUpTotpOperation,
  verifyMfaOperation,
} from './auth-mfa.operations.js';

@Controller()
export class AuthMfaController {
  constructor(private readonly rpc: RpcClient) {}

  @Endpoint(setUpTotpOperation)
  setUp(input: OperationInput<typeof setUpTotpOperation>, call: Call) {
    return this.rpc.callRaw(setUpTotp, input.body, call.context);
  }

  @Endpoint(enableTotpOperation)
  enable(input: OperationInput<typeof enableTotpOperation>, call: Call) {
    return this.rpc.callRaw(enableTotp, input.body, call.context);
  }

  @Endpoint(disableTotpOperation)
  disable(input: OperationInput<typeof disableTotpOperation>, call: Call) {
    return this.rpc.callRaw(disableTotp, input.body, call.context);
  }

  @Endpoint(renewRecoveryCodesOperation)
  renewCodes(input: OperationInput<typeof renewRecoveryCodesOperation>, call: Call) {
    return this.rpc.callRaw(renewRecoveryCodes, input.body, call.context);
  }

  @Endpoint(verifyMfaOperation)
  verify(input: OperationInput<typeof verifyMfaOperation>, call: Call) {
    return this.rpc.callRaw(verifyMfa, input.body, call.context);
  }
}
