import type { SkillDetail } from '#contracts';
import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';

@Entity('skill')
@Unique('skill_user_name', ['userId', 'nameKey'])
export class SkillEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'user_id' })
  userId: string;

  @Column('text')
  name: string;

  /** Folded name: one row per skill, however it is spelled. */
  @Column('text', { name: 'name_key' })
  nameKey: string;

  @Column('text', { nullable: true })
  proficiency: SkillDetail['proficiency'];

  @Column('numeric', {
    precision: 4,
    scale: 1,
    nullable: true,
    transformer: {
      to: (value: number | null) => value,
      from: (value: string | null) => (value === null ? null : Number(value)),
    },
  })
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
