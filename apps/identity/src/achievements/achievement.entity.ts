import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { AccountEntity } from '../accounts/account.entity.js';

@Entity('achievement')
@Index('achievement_of_user', ['userId', 'id'])
export class AchievementEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'user_id' })
  @ForeignKey(() => AccountEntity, { name: 'achievement_user_id_fkey', onDelete: 'CASCADE' })
  userId: string;

  @Column('text')
  title: string;

  @Column('text', { nullable: true })
  description: string | null;

  @Column('text', { nullable: true })
  icon: string | null;

  @Column('date', { name: 'date_achieved', nullable: true })
  dateAchieved: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;
}
