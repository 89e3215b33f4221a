import { Controller } from '@nestjs/common';
import { listMessages, readMessage, sendMessage } from '#contracts';
import { RpcClient } from '#messaging';
import { Endpoint } from '../http/endpoint.js';
import type { Call, OperationInput } from '../http/operation.js';
import { listMessagesOperation, readMessageOperation, sendMessageOperation } from './messages.operations.js';

@Controller()
export class MessagesController {
  constructor(private readonly rpc: RpcClient) {}

  @Endpoint(listMessagesOperation)
  list(input: OperationInput<typeof listMessagesOperation>, call: Call) {
    return this.rpc.callRaw(listMessages, input.query, call.context);
  }

  @Endpoint(sendMessageOperation)
  send(input: OperationInput<typeof sendMessageOperation>, call: Call) {
    return this.rpc.callRaw(sendMessage, input.body, call.context);
  }

  @Endpoint(readMessageOperation)
  read(input: OperationInput<typeof readMessageOperation>, call: Call) {
    return this.rpc.callRaw(readMessage, { message_id: input.params.id }, call.context);
  }
}
