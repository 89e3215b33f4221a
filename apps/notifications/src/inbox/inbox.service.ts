import { Inject, Injectable } from '@nestjs/common';
import {
  type listNotificationsAfter,
  type Notification,
  NotificationDeliveredV1,
  NotificationReadV1,
  type Static,
} from '#contracts';
import { type Clock, newId } from '#kernel';
import { LivePush, Outbox, type RpcContext } from '#messaging';
import { afterCommit, type Tx, UnitOfWork } from '#persistence';
import { CLOCK } from '#platform';
import type { Occasion } from './domain/occasion.js';
import { NotificationEntity } from './notification.entity.js';
import { NotificationRepository } from './notification.repository.js';

/** Why somebody is told: an event, or something that happened here. */
export interface Cause {
  tx: Tx;
  eventId?: string;
  requestId?: string;
}

@Injectable()
export class InboxService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly notifications: NotificationRepository,
    private readonly outbox: Outbox,
    private readonly live: LivePush,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Stores the notification in the transaction of its cause; the push to open sockets follows the commit and may be lost. */
  async tell(occasion: Occasion, cause: Cause): Promise<void> {
    const notification = Object.assign(new NotificationEntity(), {
      id: newId(),
      userId: occasion.userId,
      type: occasion.type,
      priority: occasion.priority,
      title: occasion.title,
      message: occasion.message,
      data: occasion.data,
      occasion: occasion.key,
      sequence: null,
      createdAt: this.clock.now(),
      readAt: null,
    });
    const sequence = await this.notifications.insertOnce(cause.tx, notification);
    if (sequence === undefined) return;
    await this.outbox.add(
      cause.tx,
      NotificationDeliveredV1,
      { user_id: occasion.userId, notification_id: notification.id, type: occasion.type, channel: 'in_app' },
      { subject: notification.id, requestId: cause.requestId, causationId: cause.eventId },
    );
    const told = toNotification(notification);
    afterCommit(cause.tx, () => this.live.push(occasion.userId, 'notification', told, sequence));
  }

  async list(
    userId: string,
    query: { page?: number; per_page?: number; unread?: boolean; type?: Notification['type'] },
  ) {
    const page = query.page ?? 1;
    const perPage = query.per_page ?? 20;
    const { items, total } = await this.notifications.list(userId, query, page, perPage);
    return {
      total,
      page,
      per_page: perPage,
      total_pages: Math.ceil(total / perPage),
      notifications: items.map(toNotification),
    };
  }

  async listAfter(
    userId: string,
    after: number,
    limit: number,
  ): Promise<Static<typeof listNotificationsAfter.response>> {
    const { last, items } = await this.notifications.listAfter(userId, after, limit);
    const numbered = items.flatMap((item) =>
      item.sequence === null ? [] : [{ sequence: item.sequence, notification: toNotification(item) }],
    );
    return { last, notifications: numbered };
  }

  async countUnread(userId: string) {
    return { unread_count: await this.notifications.countUnread(userId) };
  }

  read(userId: string, id: string, context: RpcContext): Promise<Notification> {
    return this.unitOfWork.run(async (tx) => {
      const notification = await this.notifications.getOwnedForUpdate(tx, userId, id);
      if (notification.readAt === null) {
        notification.readAt = this.clock.now();
        await this.notifications.save(tx, notification);
        await this.outbox.add(
          tx,
          NotificationReadV1,
          { user_id: userId, notification_id: id },
          { subject: id, requestId: context.requestId },
        );
      }
      return toNotification(notification);
    });
  }

  readAll(userId: string, context: RpcContext): Promise<{ updated: number }> {
    return this.unitOfWork.run(async (tx) => {
      const ids = await this.notifications.readAll(tx, userId, this.clock.now());
      await this.outbox.addMany(
        tx,
        NotificationReadV1,
        ids.map((id) => ({
          data: { user_id: userId, notification_id: id },
          subject: id,
          requestId: context.requestId,
        })),
      );
      return { updated: ids.length };
    });
  }

  delete(userId: string, id: string): Promise<void> {
    return this.unitOfWork.run(async (tx) => {
      await this.notifications.getOwnedForUpdate(tx, userId, id);
      await this.notifications.delete(tx, id);
    });
  }
}

const toNotification = (notification: NotificationEntity): Notification => ({
  id: notification.id,
  type: notification.type,
  priority: notification.priority,
  title: notification.title,
  message: notification.message,
  data: notification.data,
  is_read: notification.readAt !== null,
  created_at: notification.createdAt.toISOString(),
  read_at: notification.readAt?.toISOString() ?? null,
});
