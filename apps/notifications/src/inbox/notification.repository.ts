import { Injectable } from '@nestjs/common';
import { notFound } from '#kernel';
import { Database, type Tx } from '#persistence';
import { Between, IsNull } from 'typeorm';
import { NotificationEntity } from './notification.entity.js';

@Injectable()
export class NotificationRepository {
  constructor(private readonly database: Database) {}

  private get notifications() {
    return this.database.dataSource.getRepository(NotificationEntity);
  }

  /**
   * Its number; undefined when this occasion was told before (the number it would have had is left out then). The
   * counter stays locked until the commit: whoever can read a number can read all below it.
   */
  async insertOnce(tx: Tx, notification: NotificationEntity): Promise<number | undefined> {
    const rows = await tx.query<{ sequence: number }>(
      'notifications.insert-once',
      `WITH next AS (
         INSERT INTO notification_counter AS counter (user_id, last) VALUES ($2, 1)
         ON CONFLICT (user_id) DO UPDATE SET last = counter.last + 1
         RETURNING last)
       INSERT INTO notification (id, user_id, type, priority, title, message, data, occasion, created_at, sequence)
       SELECT $1::uuid, $2::uuid, $3, $4, $5, $6, $7::jsonb, $8, $9::timestamptz, next.last FROM next
       ON CONFLICT ON CONSTRAINT notification_occasion DO NOTHING
       RETURNING sequence`,
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
    return rows[0]?.sequence;
  }

  /** In the order in which they came to be; `last` is read first, so nothing up to it is missing. */
  async listAfter(
    userId: string,
    after: number,
    limit: number,
  ): Promise<{ last: number; items: NotificationEntity[] }> {
    const [counter] = await this.database.query<{ last: number }>(
      'notifications.last-sequence',
      'SELECT last FROM notification_counter WHERE user_id = $1',
      [userId],
    );
    const last = counter?.last ?? 0;
    if (limit === 0 || after >= last) return { last, items: [] };
    const items = await this.notifications.find({
      where: { userId, sequence: Between(after + 1, last) },
      order: { sequence: 'ASC' },
      take: limit,
    });
    return { last, items };
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
