import type { Goal } from '#contracts';
import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { AccountEntity } from '../accounts/account.entity.js';

@Entity('goal')
@Index('goal_of_user', ['userId', 'id'])
export class GoalEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'user_id' })
  @ForeignKey(() => AccountEntity, { name: 'goal_user_id_fkey', onDelete: 'CASCADE' })
  userId: string;

  @Column('text')
  title: string;

  @Column('text', { nullable: true })
  description: string | null;

  @Column('text', { nullable: true })
  category: string | null;

  @Column('double precision')
  target: number;

  @Column('text')
  unit: string;

  @Column('text')
  period: Goal['period'];

  @Column('text')
  priority: Goal['priority'];

  @Column('text')
  status: Goal['status'];

  @Column('date', { name: 'start_date' })
  startDate: string;

  @Column('date', { name: 'end_date', nullable: true })
  endDate: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;
}

/** Something that was done towards a goal. */
@Entity('goal_progress')
@Index('goal_progress_of_goal', ['goalId', 'day', 'id'])
@Index('goal_progress_of_user', ['userId'])
export class GoalProgressEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'user_id' })
  @ForeignKey(() => AccountEntity, { name: 'goal_progress_user_id_fkey', onDelete: 'CASCADE' })
  userId: string;

  @Column('uuid', { name: 'goal_id' })
  @ForeignKey(() => GoalEntity, { name: 'goal_progress_goal_id_fkey', onDelete: 'CASCADE' })
  goalId: string;

  /** The day it was at the person's place when it was written: moving house does not move the past. */
  @Column('date')
  day: string;

  @Column('double precision')
  value: number;

  @Column('text', { nullable: true })
  note: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}
