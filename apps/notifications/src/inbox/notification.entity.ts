import type { Notification } from '#contracts';
import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/** Something a person is told inside the product. */
@Entity('notification')
@Index('notification_user', ['userId', 'id'])
@Index('notification_created', { synchronize: false })
@Index('notification_unread', ['userId'], { where: 'read_at IS NULL' })
@Index('notification_sequence', ['userId', 'sequence'], { unique: true, where: 'sequence IS NOT NULL' })
@Unique('notification_occasion', ['userId', 'occasion'])
export class NotificationEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'user_id' })
  userId: string;

  /** Its number among those of its person; null for what was told before there were numbers. */
  @Column('integer', { nullable: true })
  sequence: number | null;

  @Column('text')
  type: Notification['type'];

  @Column('text')
  priority: Notification['priority'];

  @Column('text')
  title: string;

  @Column('text')
  message: string;

  @Column('jsonb')
  data: Record<string, unknown>;

  /** Names what it is about; the same occasion is told once, however often its event arrives. */
  @Column('text')
  occasion: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'read_at', nullable: true })
  readAt: Date | null;
}
