import { Controller } from '@nestjs/common';
import {
  countUnreadNotifications,
  deleteNotification,
  listNotifications,
  listNotificationsAfter,
  readAllNotifications,
  readNotification,
  type RpcContract,
  type Static,
} from '#contracts';
import { callerId, Rpc, type RpcContext } from '#messaging';
import { InboxService } from './inbox.service.js';

type Request<C extends RpcContract> = Static<C['request']>;

@Controller()
export class InboxRpcController {
  constructor(private readonly inbox: InboxService) {}

  @Rpc(listNotifications)
  list(request: Request<typeof listNotifications>, context: RpcContext) {
    return this.inbox.list(callerId(context), request);
  }

  @Rpc(listNotificationsAfter)
  listAfter({ after, limit }: Request<typeof listNotificationsAfter>, context: RpcContext) {
    return this.inbox.listAfter(callerId(context), after, limit);
  }

  @Rpc(countUnreadNotifications)
  countUnread(_request: Request<typeof countUnreadNotifications>, context: RpcContext) {
    return this.inbox.countUnread(callerId(context));
  }

  @Rpc(readNotification)
  read(request: Request<typeof readNotification>, context: RpcContext) {
    return this.inbox.read(callerId(context), request.notification_id, context);
  }

  @Rpc(readAllNotifications)
  readAll(_request: Request<typeof readAllNotifications>, context: RpcContext) {
    return this.inbox.readAll(callerId(context), context);
  }

  @Rpc(deleteNotification)
  async delete(request: Request<typeof deleteNotification>, context: RpcContext) {
    await this.inbox.delete(callerId(context), request.notification_id);
    return {};
  }
}
