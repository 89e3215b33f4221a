import { Controller } from '@nestjs/common';
import {
  listMessages,
  type ListMessagesQuery,
  readMessage,
  sendMessage,
  type SendMessageBody,
  type Static,
} from '#contracts';
import { Rpc, type RpcContext } from '#messaging';
import { MessagesService } from './messages.service.js';

@Controller()
export class MessagesRpcController {
  constructor(private readonly messages: MessagesService) {}

  @Rpc(listMessages)
  list(request: ListMessagesQuery, context: RpcContext) {
    return this.messages.list(request, context);
  }

  @Rpc(sendMessage)
  send(request: SendMessageBody, context: RpcContext) {
    return this.messages.send(request, context);
  }

  @Rpc(readMessage)
  read(request: Static<typeof readMessage.request>, context: RpcContext) {
    return this.messages.read(request.message_id, context);
  }
}
