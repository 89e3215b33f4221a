import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { ApplicationEntity } from './application.entity.js';
import type { ApplicationStatus } from './domain/application-status.js';

/** What happened to an application, and who or what caused it. Never changed afterwards. */
@Entity('timeline_entry')
@Index('timeline_entry_application', ['applicationId', 'id'])
export class TimelineEntryEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'application_id' })
  @ForeignKey(() => ApplicationEntity, { name: 'timeline_entry_application_id_fkey', onDelete: 'CASCADE' })
  applicationId: string;

  @Column('uuid', { name: 'user_id' })
  userId: string;

  @Column('text')
  kind: 'created' | 'status_changed' | 'updated' | 'reopened';

  @Column('text', { name: 'from_status', nullable: true })
  fromStatus: ApplicationStatus | null;

  @Column('text', { name: 'to_status', nullable: true })
  toStatus: ApplicationStatus | null;

  @Column('text', { name: 'changed_fields', array: true, default: '{}' })
  changedFields: string[];

  @Column('text', { nullable: true })
  note: string | null;

  @Column('text')
  cause: 'user' | 'email' | 'system';

  @Column('timestamptz', { name: 'occurred_at' })
  occurredAt: Date;
}
