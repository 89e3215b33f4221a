import { Controller } from '@nestjs/common';
import {
  disableTotp,
  type EnabledTotp,
  enableTotp,
  isFactorNeeded,
  removeSecondFactor,
  renewRecoveryCodes,
  setUpTotp,
  type Static,
  type TokenPair,
  type TotpSetup,
  verifyMfa,
  type VerifyMfaRequest,
} from '#contracts';
import { callerId, Rpc, type RpcContext } from '#messaging';
import { FactorDemand } from './factor-demand.js';
import { LostFactorService } from './lost-factor.service.js';
import { MfaSignInService } from './mfa-sign-in.service.js';
import { TotpService } from './totp.service.js';

@Controller()
export class MfaRpcController {
  constructor(
    private readonly totp: TotpService,
    private readonly signIn: MfaSignInService,
    private readonly lost: LostFactorService,
    private readonly demand: FactorDemand,
  ) {}

  @Rpc(isFactorNeeded)
  async isNeeded(
    _request: Record<string, never>,
    context: RpcContext,
  ): Promise<Static<typeof isFactorNeeded.response>> {
    const holder = { id: callerId(context), roles: context.caller?.roles ?? [] };
    return { needed: await this.demand.isUnmetBy(holder) };
  }

  @Rpc(setUpTotp)
  setUp(request: Static<typeof setUpTotp.request>, context: RpcContext): Promise<TotpSetup> {
    return this.totp.setUp(request, context);
  }

  @Rpc(enableTotp)
  enable(request: Static<typeof enableTotp.request>, context: RpcContext): Promise<EnabledTotp> {
    return this.totp.enable(request, context);
  }

  @Rpc(disableTotp)
  disable(
    request: Static<typeof disableTotp.request>,
    context: RpcContext,
  ): Promise<Static<typeof disableTotp.response>> {
    return this.totp.disable(request, context);
  }

  @Rpc(renewRecoveryCodes)
  renewCodes(
    request: Static<typeof renewRecoveryCodes.request>,
    context: RpcContext,
  ): Promise<Static<typeof renewRecoveryCodes.response>> {
    return this.totp.renewCodes(request, context);
  }

  @Rpc(verifyMfa)
  verify(request: VerifyMfaRequest, context: RpcContext): Promise<TokenPair> {
    return this.signIn.verify(request, context);
  }

  @Rpc(removeSecondFactor)
  async remove(
    request: Static<typeof removeSecondFactor.request>,
    context: RpcContext,
  ): Promise<Static<typeof removeSecondFactor.response>> {
    await this.lost.remove(request, context);
    return {};
  }
}
