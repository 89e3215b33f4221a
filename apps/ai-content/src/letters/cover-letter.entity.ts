import type { GroundedSentence } from '#contracts';
import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { GenerationEntity } from '../generations/generation.entity.js';

/** A finished letter. Shares its id with the generation that wrote it. */
@Entity('cover_letter')
@Index('cover_letter_user', ['userId', 'id'])
export class CoverLetterEntity {
  @PrimaryColumn('uuid')
  @ForeignKey(() => GenerationEntity, { name: 'cover_letter_id_fkey', onDelete: 'CASCADE' })
  id: string;

  @Column('uuid', { name: 'user_id' })
  userId: string;

  @Column('uuid', { name: 'posting_id', nullable: true })
  postingId: string | null;

  @Column('text')
  content: string;

  @Column('text')
  language: string;

  @Column('text')
  tone: string;

  @Column('text')
  length: string;

  @Column('text')
  provider: string;

  @Column('text')
  model: string;

  @Column('integer', { name: 'tokens_used', nullable: true })
  tokensUsed: number | null;

  /** USD; numeric comes from the driver as text. */
  @Column('numeric', { name: 'cost_usd', precision: 12, scale: 6, nullable: true })
  costUsd: string | null;

  @Column('integer', { name: 'generation_time_ms' })
  generationTimeMs: number;

  @Column('jsonb')
  grounding: GroundedSentence[];

  @Column('boolean', { default: false })
  edited: boolean;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;
}
