import type { SkillDetail } from '#contracts';
import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { AccountEntity } from '../accounts/account.entity.js';

@Entity('skill')
@Unique('skill_user_name', ['userId', 'nameKey'])
@Check('skill_proficiency_check', `proficiency IN ('beginner', 'intermediate', 'advanced', 'expert')`)
export class SkillEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'user_id' })
  @ForeignKey(() => AccountEntity, { name: 'skill_user_id_fkey', onDelete: 'CASCADE' })
  userId: string;

  @Column('text')
  name: string;

  /** Folded name: one row per skill, however it is spelled. */
  @Column('text', { name: 'name_key' })
  nameKey: string;

  @Column('text', { nullable: true })
  proficiency: SkillDetail['proficiency'];

  @Column('double precision', { nullable: true })
  years: number | null;

  @Column('boolean', { name: 'is_verified', default: false })
  isVerified: boolean;

  /** Order in which its owner wrote them. */
  @Column('integer')
  position: number;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;
}
