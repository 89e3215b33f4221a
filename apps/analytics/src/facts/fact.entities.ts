import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

export const ACTIVITY_KINDS = ['view', 'search', 'letter'] as const;
export type ActivityKind = (typeof ACTIVITY_KINDS)[number];

/** Something a person did. The id is that of the event, so a fact is counted once. */
@Entity('activity')
@Index('activity_user_kind', ['userId', 'kind', 'occurredAt'])
@Index('activity_occurred', { synchronize: false })
export class ActivityEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'user_id' })
  userId: string;

  @Column('text')
  kind: ActivityKind;

  @Column('uuid', { name: 'posting_id', nullable: true })
  postingId: string | null;

  @Column('timestamptz', { name: 'occurred_at' })
  occurredAt: Date;
}

/** One step of an application's history; sequence 1 is how it began. */
@Entity('application_step')
@Index('application_step_user', ['userId'])
export class ApplicationStepEntity {
  @PrimaryColumn('uuid', { name: 'application_id' })
  applicationId: string;

  @PrimaryColumn('integer')
  sequence: number;

  @Column('uuid', { name: 'user_id' })
  userId: string;

  @Column('uuid', { name: 'posting_id' })
  postingId: string;

  @Column('text')
  status: string;

  @Column('text')
  cause: string;

  @Column('timestamptz', { name: 'occurred_at' })
  occurredAt: Date;
}

@Entity('deleted_application')
export class DeletedApplicationEntity {
  @PrimaryColumn('uuid', { name: 'application_id' })
  applicationId: string;

  @Column('uuid', { name: 'user_id' })
  userId: string;
}

/** Whether a posting is kept, by the newest of its events. */
@Entity('bookmark')
export class BookmarkEntity {
  @PrimaryColumn('uuid', { name: 'user_id' })
  userId: string;

  @PrimaryColumn('uuid', { name: 'posting_id' })
  postingId: string;

  @Column('boolean')
  kept: boolean;

  @Column('timestamptz', { name: 'changed_at' })
  changedAt: Date;
}
