import { Controller } from '@nestjs/common';
import { answerConnection, getConnection, listConnections, removeConnection, requestConnection } from '#contracts';
import { RpcClient } from '#messaging';
import { Endpoint } from '../http/endpoint.js';
import type { Call, OperationInput } from '../http/operation.js';
import {
  answerConnectionOperation,
  getConnectionOperation,
  listConnectionsOperation,
  removeConnectionOperation,
  requestConnectionOperation,
} from './connections.operations.js';

@Controller()
export class ConnectionsController {
  constructor(private readonly rpc: RpcClient) {}

  @Endpoint(listConnectionsOperation)
  list(input: OperationInput<typeof listConnectionsOperation>, call: Call) {
    return this.rpc.callRaw(listConnections, input.query, call.context);
  }

  @Endpoint(getConnectionOperation)
  get(input: OperationInput<typeof getConnectionOperation>, call: Call) {
    return this.rpc.callRaw(getConnection, { connection_id: input.params.id }, call.context);
  }

  @Endpoint(requestConnectionOperation)
  request(input: OperationInput<typeof requestConnectionOperation>, call: Call) {
    return this.rpc.callRaw(requestConnection, input.body, call.context);
  }

  @Endpoint(answerConnectionOperation)
  answer(input: OperationInput<typeof answerConnectionOperation>, call: Call) {
    return this.rpc.callRaw(answerConnection, { ...input.body, connection_id: input.params.id }, call.context);
  }

  @Endpoint(removeConnectionOperation)
  async remove(input: OperationInput<typeof removeConnectionOperation>, call: Call): Promise<void> {
    await this.rpc.callRaw(removeConnection, { connection_id: input.params.id }, call.context);
  }
}
