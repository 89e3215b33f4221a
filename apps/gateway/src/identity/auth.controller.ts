import { Controller } from '@nestjs/common';
import {
  getAccount,
  listAudit,
  listSessions,
  listSigningKeys,
  refreshSession,
  registerAccount,
  revokeSessions,
  searchAudit,
  verifyAudit,
  signIn,
  signOut,
  updateAccount,
} from '#contracts';
import { invalid } from '#kernel';
import { RpcClient } from '#messaging';
import { Answer } from '../http/answer.js';
import { Endpoint } from '../http/endpoint.js';
import type { Call, OperationInput } from '../http/operation.js';
import {
  getMeOperation,
  listAuditOperation,
  listSessionsOperation,
  listSigningKeysOperation,
  loginOperation,
  logoutOperation,
  refreshOperation,
  registerOperation,
  revokeOtherSessionsOperation,
  revokeSessionOperation,
  searchAuditOperation,
  verifyAuditOperation,
  updateMeOperation,
} from './auth.operations.js';

@Controller()
export class AuthController {
  constructor(private readonly rpc: RpcClient) {}

  @Endpoint(registerOperation)
  async register({ body }: OperationInput<typeof registerOperation>, call: Call) {
    const { email, password, captcha_token, full_name = body.name } = body;
    if (full_name === undefined) throw invalid([{ field: 'full_name', message: 'is required' }]);
    const answer = await this.rpc.call(registerAccount, { email, password, full_name, captcha_token }, call.context);
    return 'status' in answer ? Answer.json(JSON.stringify(answer), { status: 202 }) : answer;
  }

  @Endpoint(loginOperation)
  login(input: OperationInput<typeof loginOperation>, call: Call) {
    return this.rpc.callRaw(signIn, input.body, call.context);
  }

  @Endpoint(refreshOperation)
  refresh({ body }: OperationInput<typeof refreshOperation>, call: Call) {
    const refresh_token = body.refresh_token ?? call.bearer;
    if (refresh_token === undefined) throw invalid([{ field: 'refresh_token', message: 'is required' }]);
    return this.rpc.callRaw(refreshSession, { refresh_token }, call.context);
  }

  @Endpoint(logoutOperation)
  logout(input: OperationInput<typeof logoutOperation>, call: Call) {
    return this.rpc.callRaw(signOut, input.query, call.context);
  }

  @Endpoint(getMeOperation)
  me(_input: OperationInput<typeof getMeOperation>, call: Call) {
    return this.rpc.callRaw(getAccount, {}, call.context);
  }

  @Endpoint(updateMeOperation)
  updateMe({ body }: OperationInput<typeof updateMeOperation>, call: Call) {
    const { full_name = body.name } = body;
    return this.rpc.callRaw(updateAccount, { full_name }, call.context);
  }

  @Endpoint(listSigningKeysOperation)
  signingKeys(_input: OperationInput<typeof listSigningKeysOperation>, call: Call) {
    return this.rpc.callRaw(listSigningKeys, {}, call.context);
  }

  @Endpoint(listSessionsOperation)
  sessions(input: OperationInput<typeof listSessionsOperation>, call: Call) {
    return this.rpc.callRaw(listSessions, input.query, call.context);
  }

  @Endpoint(revokeOtherSessionsOperation)
  async revokeOthers(_input: OperationInput<typeof revokeOtherSessionsOperation>, call: Call): Promise<void> {
    await this.rpc.callRaw(revokeSessions, {}, call.context);
  }

  @Endpoint(revokeSessionOperation)
  async revoke(input: OperationInput<typeof revokeSessionOperation>, call: Call): Promise<void> {
    await this.rpc.callRaw(revokeSessions, { session_id: input.params.id }, call.context);
  }

  @Endpoint(searchAuditOperation)
  searchAudit(input: OperationInput<typeof searchAuditOperation>, call: Call) {
    return this.rpc.callRaw(searchAudit, input.query, call.context);
  }

  @Endpoint(verifyAuditOperation)
  verifyAudit(input: OperationInput<typeof verifyAuditOperation>, call: Call) {
    return this.rpc.callRaw(verifyAudit, input.query, call.context);
  }

  @Endpoint(listAuditOperation)
  audit(input: OperationInput<typeof listAuditOperation>, call: Call) {
    return this.rpc.callRaw(listAudit, input.query, call.context);
  }
}
