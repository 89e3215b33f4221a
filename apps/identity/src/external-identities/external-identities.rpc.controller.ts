import { Controller } from '@nestjs/common';
import {
  beginExternalSignIn,
  confirmLinking,
  exchangeSignInCode,
  type ExternalIdentity,
  type ExternalSignInAnswer,
  finishExternalSignIn,
  listIdentities,
  signInWithGoogleToken,
  startLinking,
  type Static,
  unlinkIdentity,
} from '#contracts';
import { callerId, Rpc, type RpcContext } from '#messaging';
import { ExternalFlowsService } from './external-flows.service.js';
import { ExternalSignInService } from './external-sign-in.service.js';
import { GoogleTokenService } from './google-token.service.js';
import { LinkingService } from './linking.service.js';

@Controller()
export class ExternalIdentitiesRpcController {
  constructor(
    private readonly flows: ExternalFlowsService,
    private readonly signIn: ExternalSignInService,
    private readonly googleTokens: GoogleTokenService,
    private readonly linking: LinkingService,
  ) {}

  @Rpc(beginExternalSignIn)
  begin(request: Static<typeof beginExternalSignIn.request>): Promise<Static<typeof beginExternalSignIn.response>> {
    return this.flows.begin(request);
  }

  @Rpc(finishExternalSignIn)
  finish(
    request: Static<typeof finishExternalSignIn.request>,
    context: RpcContext,
  ): Promise<Static<typeof finishExternalSignIn.response>> {
    return this.flows.finish(request, context);
  }

  @Rpc(signInWithGoogleToken)
  google(request: Static<typeof signInWithGoogleToken.request>, context: RpcContext): Promise<ExternalSignInAnswer> {
    return this.googleTokens.signIn(request, context);
  }

  @Rpc(exchangeSignInCode)
  exchange({ code }: Static<typeof exchangeSignInCode.request>, context: RpcContext): Promise<ExternalSignInAnswer> {
    return this.signIn.exchange(code, context);
  }

  @Rpc(listIdentities)
  list(_request: Record<string, never>, context: RpcContext): Promise<Static<typeof listIdentities.response>> {
    return this.linking.list(callerId(context));
  }

  @Rpc(startLinking)
  startLinking(
    request: Static<typeof startLinking.request>,
    context: RpcContext,
  ): Promise<Static<typeof startLinking.response>> {
    return this.linking.start(request, context);
  }

  @Rpc(confirmLinking)
  confirmLinking({ link_code }: Static<typeof confirmLinking.request>, context: RpcContext): Promise<ExternalIdentity> {
    return this.linking.confirm(link_code, context);
  }

  @Rpc(unlinkIdentity)
  async unlink(
    { identity_id }: Static<typeof unlinkIdentity.request>,
    context: RpcContext,
  ): Promise<Static<typeof unlinkIdentity.response>> {
    await this.linking.unlink(identity_id, context);
    return { status: 'unlinked' };
  }
}
