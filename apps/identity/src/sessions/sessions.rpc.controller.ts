import { Controller } from '@nestjs/common';
import {
  listRevocations,
  listSessions,
  refreshSession,
  revokeSessions,
  signOut,
  type Static,
  type TokenPair,
} from '#contracts';
import { callerId, Rpc, type RpcContext } from '#messaging';
import { SessionsService } from './sessions.service.js';

@Controller()
export class SessionsRpcController {
  constructor(private readonly sessions: SessionsService) {}

  @Rpc(refreshSession)
  refresh(request: Static<typeof refreshSession.request>, context: RpcContext): Promise<TokenPair> {
    return this.sessions.refresh(request.refresh_token, context);
  }

  @Rpc(signOut)
  async signOut(
    request: Static<typeof signOut.request>,
    context: RpcContext,
  ): Promise<Static<typeof signOut.response>> {
    const { all = false } = request;
    const ended = await this.sessions.signOut(callerId(context), context.caller?.session_id, all, context);
    return { status: 'signed_out', sessions_revoked: ended };
  }

  @Rpc(listSessions)
  list(
    request: Static<typeof listSessions.request>,
    context: RpcContext,
  ): Promise<Static<typeof listSessions.response>> {
    return this.sessions.list(callerId(context), context.caller?.session_id, request);
  }

  @Rpc(revokeSessions)
  async revoke(request: Static<typeof revokeSessions.request>, context: RpcContext): Promise<Record<string, never>> {
    await this.sessions.revokeOwn(callerId(context), context.caller?.session_id, request.session_id, context);
    return {};
  }

  @Rpc(listRevocations)
  revocations(): Promise<Static<typeof listRevocations.response>> {
    return this.sessions.revocations();
  }
}
