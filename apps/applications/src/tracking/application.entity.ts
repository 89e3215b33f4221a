import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import type { ApplicationStatus } from './domain/application-status.js';

/** One person's application for one posting, with the posting as it was when tracking began. */
@Entity('application')
@Check(
  'application_status_check',
  `status IN ('saved', 'applied', 'interviewing', 'offered', 'accepted', 'declined', 'rejected', 'withdrawn')`,
)
@Index('application_user_updated', { synchronize: false })
@Unique('application_user_posting', ['userId', 'postingId'])
export class ApplicationEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'user_id' })
  userId: string;

  @Column('uuid', { name: 'posting_id' })
  postingId: string;

  @Column('text')
  status: ApplicationStatus;

  /** Calendar day, YYYY-MM-DD. */
  @Column('date', { name: 'applied_date', nullable: true })
  appliedDate: string | null;

  @Column('text', { nullable: true })
  notes: string | null;

  @Column('uuid', { name: 'resume_id', nullable: true })
  resumeId: string | null;

  @Column('text', { name: 'resume_version', nullable: true })
  resumeVersion: string | null;

  @Column('text', { name: 'cover_letter', nullable: true })
  coverLetter: string | null;

  /** Major units, as typed; numeric comes from the driver as text. */
  @Column('numeric', { name: 'salary_expectation', precision: 12, scale: 2, nullable: true })
  salaryExpectation: string | null;

  @Column('date', { name: 'follow_up_date', nullable: true })
  followUpDate: string | null;

  @Column('text', { name: 'job_title' })
  jobTitle: string;

  @Column('text', { name: 'job_company' })
  jobCompany: string;

  @Column('text', { name: 'job_location', nullable: true })
  jobLocation: string | null;

  @Column('text', { name: 'job_url', nullable: true })
  jobUrl: string | null;

  @Column('integer', { default: 1 })
  version: number;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;
}
