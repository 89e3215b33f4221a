import type { Role } from '#contracts';
import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/** Somebody who may sign in. */
@Entity('account')
@Unique('account_email', ['email'])
@Check('account_roles_check', `roles <@ ARRAY['user', 'employer', 'admin'] AND cardinality(roles) > 0`)
@Index('account_owner', { synchronize: false })
@Index('account_access_changed', { synchronize: false })
export class AccountEntity {
  @PrimaryColumn('uuid')
  id: string;

  /** Compared without case (citext), kept as typed. */
  @Column('citext')
  email: string;

  @Column('text', { name: 'full_name' })
  fullName: string;

  /** PHC string; null where another way of signing in is the only one. */
  @Column('text', { name: 'password_hash', nullable: true })
  passwordHash: string | null;

  /** The generated password of the owner: good from this machine only, until it is changed. */
  @Column('boolean', { name: 'password_one_time', default: false })
  passwordOneTime: boolean;

  @Column('text', { array: true })
  roles: Role[];

  @Column('boolean', { name: 'is_owner', default: false })
  isOwner: boolean;

  @Column('timestamptz', { name: 'email_verified_at', nullable: true })
  emailVerifiedAt: Date | null;

  @Column('timestamptz', { name: 'blocked_at', nullable: true })
  blockedAt: Date | null;

  /** Access tokens issued before no longer count (roles changed, blocked). */
  @Column('timestamptz', { name: 'access_changed_at', nullable: true })
  accessChangedAt: Date | null;

  /** Of the list in employer_company. */
  @Column('int', { name: 'companies_version', default: 0 })
  companiesVersion: number;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}
