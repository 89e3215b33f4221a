import { Injectable } from '@nestjs/common';
import type { MatchProfile } from '#contracts';
import type { Queryable, Tx } from '#persistence';
import type { Level, Person, RemoteMode } from '../recommendations/domain/match-score.js';
import { skillKey } from '../search/domain/words.js';
import { skillNameOf } from '../skills/domain/extract-skills.js';

/** What matching knows about a person; `person` is the form the score is computed from. */
export interface StoredProfile {
  userId: string;
  version: number;
  person: Person;
  visaNeeded: boolean | null;
}

interface ProfileRow {
  user_id: string;
  version: number;
  skill_keys: string[];
  experience_level: Level | null;
  experience_years: number | null;
  preferred_locations: { city: string | null; country: string | null }[];
  remote_preference: RemoteMode | 'any' | null;
  salary_min: number | null;
  salary_max: number | null;
  currency: string | null;
  visa_sponsorship_required: boolean | null;
}

/** Columns of `match_profile m`; numeric comes as text otherwise. */
export const PROFILE_COLUMNS = `m.user_id, m.version, m.skill_keys, m.experience_level,
  m.experience_years::float8 AS experience_years, m.preferred_locations, m.remote_preference,
  m.salary_min::float8 AS salary_min, m.salary_max::float8 AS salary_max, m.currency, m.visa_sponsorship_required`;

@Injectable()
export class MatchProfileRepository {
  /** False when a newer or the same version is here already: events may come twice and out of order. */
  async store(tx: Tx, profile: MatchProfile, now: Date): Promise<boolean> {
    const skillKeys = profile.skills.map((skill) => skillKey(skillNameOf(skill) ?? skill));
    const stored = await tx.query(
      'matching.store-profile',
      `INSERT INTO match_profile AS m (user_id, version, skills, skill_keys, experience_level, experience_years,
         preferred_locations, remote_preference, salary_min, salary_max, currency, visa_sponsorship_required, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
       ON CONFLICT (user_id) DO UPDATE SET
         version = excluded.version, skills = excluded.skills, skill_keys = excluded.skill_keys,
         experience_level = excluded.experience_level, experience_years = excluded.experience_years,
         preferred_locations = excluded.preferred_locations, remote_preference = excluded.remote_preference,
         salary_min = excluded.salary_min, salary_max = excluded.salary_max, currency = excluded.currency,
         visa_sponsorship_required = excluded.visa_sponsorship_required, updated_at = excluded.updated_at
       WHERE m.version < excluded.version
       RETURNING user_id`,
      [
        profile.user_id,
        profile.version,
        profile.skills,
        [...new Set(skillKeys)],
        profile.experience_level,
        profile.experience_years,
        JSON.stringify(profile.preferred_locations),
        profile.remote_preference,
        profile.salary_min,
        profile.salary_max,
        profile.currency,
        profile.visa_sponsorship_required,
        now,
      ],
    );
    return stored.length > 0;
  }

  async find(database: Queryable, userId: string): Promise<StoredProfile | null> {
    const [row] = await database.query<ProfileRow>(
      'matching.find-profile',
      `SELECT ${PROFILE_COLUMNS} FROM match_profile m WHERE m.user_id = $1::uuid`,
      [userId],
    );
    return row === undefined ? null : storedProfile(row);
  }

  /**
   * Pairs of a new posting and a person it may fit: they share a skill, and somebody who needs a visa is not matched
   * with a posting that refuses. Bounded per posting, those with the most shared skills first.
   */
  async pairsFor(
    tx: Tx,
    postingIds: readonly string[],
    perPosting: number,
  ): Promise<{ postingId: string; profile: StoredProfile }[]> {
    const rows = await tx.query<ProfileRow & { posting_id: string }>(
      'matching.profiles-for-postings',
      `SELECT p.id AS posting_id, m.*
       FROM posting p CROSS JOIN LATERAL (
         SELECT ${PROFILE_COLUMNS} FROM match_profile m
         WHERE m.skill_keys && p.skill_keys
           AND NOT (m.visa_sponsorship_required IS TRUE AND p.visa_verdict = 'no')
         ORDER BY cardinality(ARRAY(SELECT unnest(m.skill_keys) INTERSECT SELECT unnest(p.skill_keys))) DESC, m.user_id
         LIMIT $2) m
       WHERE p.id = ANY ($1::uuid[]) AND p.closed_at IS NULL`,
      [postingIds, perPosting],
    );
    return rows.map((row) => ({ postingId: row.posting_id, profile: storedProfile(row) }));
  }
}

const storedProfile = (row: ProfileRow): StoredProfile => ({
  userId: row.user_id,
  version: row.version,
  visaNeeded: row.visa_sponsorship_required,
  person: {
    skillKeys: row.skill_keys,
    level: row.experience_level,
    years: row.experience_years,
    places: row.preferred_locations,
    remote: row.remote_preference,
    salaryMin: row.salary_min,
    salaryMax: row.salary_max,
    currency: row.currency,
  },
});
