import type { GenerateCoverLetterRequest, Profile } from '#contracts';
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { PostingSnapshot } from '../letters/domain/letter-facts.js';

/** One piece of writing that was asked for, with everything it is written from. */
@Entity('generation')
@Check('generation_status_check', `status IN ('queued', 'running', 'succeeded', 'failed')`)
@Index('generation_user', ['userId', 'id'])
@Index('generation_without_letter', { synchronize: false })
export class GenerationEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'user_id' })
  userId: string;

  @Column('text')
  kind: 'cover-letter' | 'resume';

  @Column('text')
  status: 'queued' | 'running' | 'succeeded' | 'failed';

  @Column('uuid', { name: 'posting_id', nullable: true })
  postingId: string | null;

  @Column('text')
  provider: string;

  @Column('text')
  model: string;

  @Column('jsonb')
  request: GenerateCoverLetterRequest;

  @Column('jsonb')
  profile: Profile;

  @Column('jsonb')
  posting: PostingSnapshot;

  @Column('text', { name: 'error_code', nullable: true })
  errorCode: string | null;

  @Column('text', { name: 'error_message', nullable: true })
  errorMessage: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'finished_at', nullable: true })
  finishedAt: Date | null;
}
