import { Controller } from '@nestjs/common';
import {
  answerConnection,
  getConnection,
  listConnections,
  removeConnection,
  requestConnection,
  type RequestConnectionBody,
  type RpcContract,
  type Static,
} from '#contracts';
import { Rpc, type RpcContext } from '#messaging';
import { ConnectionsService } from './connections.service.js';

type Request<C extends RpcContract> = Static<C['request']>;

@Controller()
export class ConnectionsRpcController {
  constructor(private readonly connections: ConnectionsService) {}

  @Rpc(listConnections)
  list(request: Request<typeof listConnections>, context: RpcContext) {
    return this.connections.list(request, context);
  }

  @Rpc(getConnection)
  get(request: Request<typeof getConnection>, context: RpcContext) {
    return this.connections.get(request.connection_id, context);
  }

  @Rpc(requestConnection)
  request(request: RequestConnectionBody, context: RpcContext) {
    return this.connections.request(request, context);
  }

  @Rpc(answerConnection)
  answer(request: Request<typeof answerConnection>, context: RpcContext) {
    return this.connections.answer(request.connection_id, request.status, context);
  }

  @Rpc(removeConnection)
  async remove(request: Request<typeof removeConnection>, context: RpcContext) {
    await this.connections.remove(request.connection_id, context);
    return {};
  }
}
