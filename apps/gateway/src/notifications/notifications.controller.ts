import { Controller } from '@nestjs/common';
import {
  countUnreadNotifications,
  deleteNotification,
  listNotifications,
  readAllNotifications,
  readNotification,
} from '#contracts';
import { RpcClient } from '#messaging';
import { Endpoint } from '../http/endpoint.js';
import type { Call, OperationInput } from '../http/operation.js';
import {
  countUnreadNotificationsOperation,
  deleteNotificationOperation,
  listNotificationsOperation,
  readAllNotificationsOperation,
  readNotificationOperation,
} from './notifications.operations.js';

@Controller()
export class NotificationsController {
  constructor(private readonly rpc: RpcClient) {}

  @Endpoint(listNotificationsOperation)
  list(input: OperationInput<typeof listNotificationsOperation>, call: Call) {
    return this.rpc.callRaw(listNotifications, input.query, call.context);
  }

  @Endpoint(countUnreadNotificationsOperation)
  countUnread(_input: OperationInput<typeof countUnreadNotificationsOperation>, call: Call) {
    return this.rpc.callRaw(countUnreadNotifications, {}, call.context);
  }

  @Endpoint(readAllNotificationsOperation)
  readAll(_input: OperationInput<typeof readAllNotificationsOperation>, call: Call) {
    return this.rpc.callRaw(readAllNotifications, {}, call.context);
  }

  @Endpoint(readNotificationOperation)
  read(input: OperationInput<typeof readNotificationOperation>, call: Call) {
    return this.rpc.callRaw(readNotification, { notification_id: input.params.id }, call.context);
  }

  @Endpoint(deleteNotificationOperation)
  async delete(input: OperationInput<typeof deleteNotificationOperation>, call: Call): Promise<void> {
    await this.rpc.callRaw(deleteNotification, { notification_id: input.params.id }, call.context);
  }
}
