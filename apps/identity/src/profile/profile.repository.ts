import { Injectable } from '@nestjs/common';
import type { SkillDetail } from '#contracts';
import type { Queryable, Tx } from '#persistence';
import { NO_FACTS, type ProfileFacts } from './domain/profile-facts.js';

export interface ProfileRow {
  userId: string;
  email: string;
  fullName: string;
  createdAt: Date;
  version: number;
  updatedAt: Date;
  facts: ProfileFacts;
  skills: SkillDetail[];
  avatarId: string | null;
}

type StoredRow = Omit<ProfileRow, 'facts'> & { facts: Partial<ProfileFacts> };

@Injectable()
export class ProfileRepository {
  async createEmpty(tx: Tx, userId: string, now: Date): Promise<void> {
    await tx.query('profile.create', 'INSERT INTO profile (user_id, updated_at) VALUES ($1, $2)', [userId, now]);
  }

  /** One statement: a reader never sees facts of one version beside skills of another. */
  async find(db: Queryable, userId: string): Promise<ProfileRow | undefined> {
    const rows = await db.query<StoredRow>(
      'profile.find',
      `SELECT a.id AS "userId", a.email, a.full_name AS "fullName", a.created_at AS "createdAt",
              p.version, p.updated_at AS "updatedAt", p.facts, v.id AS "avatarId",
              (SELECT coalesce(json_agg(json_build_object(
                        'name', s.name, 'proficiency', s.proficiency, 'years', s.years,
                        'is_verified', s.is_verified) ORDER BY s.position, s.id), '[]')
               FROM skill s WHERE s.user_id = a.id) AS skills
       FROM account a JOIN profile p ON p.user_id = a.id LEFT JOIN avatar v ON v.user_id = a.id
       WHERE a.id = $1`,
      [userId],
    );
    const row = rows[0];
    // Rows from before a fact existed do not have it.
    return row === undefined ? undefined : { ...row, facts: { ...NO_FACTS, ...row.facts } };
  }

  async timeZone(db: Queryable, userId: string): Promise<string | null> {
    const rows = await db.query<{ zone: string | null }>(
      'profile.time-zone',
      `SELECT facts ->> 'time_zone' AS zone FROM profile WHERE user_id = $1`,
      [userId],
    );
    return rows[0]?.zone ?? null;
  }

  /** Changes of one profile come one after the other. Undefined when there is no such person. */
  async lock(tx: Tx, userId: string): Promise<{ version: number } | undefined> {
    const rows = await tx.query<{ version: number }>(
      'profile.lock',
      'SELECT version FROM profile WHERE user_id = $1 FOR UPDATE',
      [userId],
    );
    return rows[0];
  }

  async storeFacts(tx: Tx, userId: string, facts: ProfileFacts): Promise<void> {
    await tx.query('profile.store', 'UPDATE profile SET facts = $2 WHERE user_id = $1', [
      userId,
      JSON.stringify(facts),
    ]);
  }

  async nextVersion(tx: Tx, userId: string, now: Date): Promise<void> {
    await tx.query(
      'profile.next-version',
      'UPDATE profile SET version = version + 1, updated_at = $2 WHERE user_id = $1',
      [userId, now],
    );
  }
}
