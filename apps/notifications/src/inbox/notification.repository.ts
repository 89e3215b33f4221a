import { Injectable } from '@nestjs/common';
import { notFound } from '#kernel';
import { Database, type Tx } from '#persistence';
import { IsNull } from 'typeorm';
import { NotificationEntity } from './notification.entity.js';

@Injectable()
export class NotificationRepository {
  constructor(private readonly database: Database) {}

  private get notifications() {
    return this.database.dataSource.getRepository(NotificationEntity);
  }

  /** False when this occasion was told before. */
  async insertOnce(tx: Tx, notification: NotificationEntity): Promise<boolean> {
    const rows = await tx.query(
      'notifications.insert-once',
      `INSERT INTO notification (id, user_id, type, priority, title, message, data, occasion, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       ON CONFLICT ON CONSTRAINT notification_occasion DO NOTHING
       RETURNING id`,
      [
        notification.id,
        notification.userId,
        notification.type,
        notification.priority,
        notification.title,
        notification.message,
        JSON.stringify(notification.data),
        notification.occasion,
        notification.createdAt,
      ],
    );
    return rows.length > 0;
  }

  async list(
    userId: string,
    filter: { unread?: boolean; type?: NotificationEntity['type'] },
    page: number,
    perPage: number,
  ) {
    const [items, total] = await this.notifications.findAndCount({
      where: {
        userId,
        ...(filter.unread === true ? { readAt: IsNull() } : {}),
        ...(filter.type === undefined ? {} : { type: filter.type }),
      },
      order: { id: 'DESC' },
      skip: (page - 1) * perPage,
      take: perPage,
    });
    return { items, total };
  }

  /** Asked with every page of the product; reads nothing but the index of unread ones. */
  async countUnread(userId: string): Promise<number> {
    const count = await this.database.queryText(
      'notifications.count-unread',
      'SELECT count(*)::text FROM notification WHERE user_id = $1 AND read_at IS NULL',
      [userId],
      { prepared: true },
    );
    return Number(count);
  }

  /** @throws AppError NOT_FOUND, also for somebody else's notification. */
  async getOwnedForUpdate(tx: Tx, userId: string, id: string): Promise<NotificationEntity> {
    const found = await tx
      .repository(NotificationEntity)
      .findOne({ where: { id, userId }, lock: { mode: 'pessimistic_write' } });
    if (found === null) throw notFound('The notification');
    return found;
  }

  async save(tx: Tx, notification: NotificationEntity): Promise<void> {
    await tx.repository(NotificationEntity).save(notification);
  }

  /** Marks all unread ones and answers their ids. */
  async readAll(tx: Tx, userId: string, at: Date): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      'notifications.read-all',
      'UPDATE notification SET read_at = $2 WHERE user_id = $1 AND read_at IS NULL RETURNING id',
      [userId, at],
    );
    return rows.map((row) => row.id);
  }

  async delete(tx: Tx, id: string): Promise<void> {
    await tx.repository(NotificationEntity).delete({ id });
  }
}
