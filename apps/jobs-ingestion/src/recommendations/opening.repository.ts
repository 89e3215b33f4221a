import { Injectable } from '@nestjs/common';
import type { Queryable } from '#persistence';
import type { StoredProfile } from '../matching/match-profile.repository.js';
import { jobJson, jobMembers } from '../search/queries/job-json.js';
import type { Level, Opening, RemoteMode } from './domain/match-score.js';

export type VisaVerdict = 'yes' | 'maybe' | 'no' | 'unknown';

/** A posting as far as its score needs it. */
export interface StoredOpening {
  id: string;
  title: string;
  company: string;
  companyKey: string;
  skills: readonly string[];
  location: string | null;
  visa: VisaVerdict;
  opening: Opening;
}

interface OpeningRow {
  id: string;
  title: string;
  company: string;
  company_key: string;
  skills: string[];
  skill_keys: string[];
  location: string | null;
  visa_verdict: VisaVerdict;
  experience_level: Level | null;
  places: { city: string | null; country: string | null }[];
  remote_mode: RemoteMode | null;
  salary_year_min: number | null;
  salary_year_max: number | null;
  salary_currency: string | null;
  age_days: number | null;
}

const OPENING_COLUMNS = `p.id, p.title, p.company, p.company_key, p.skills, p.skill_keys, p.location, p.visa_verdict,
  p.experience_level, p.places, p.remote_mode, p.salary_year_min::float8, p.salary_year_max::float8, p.salary_currency,
  extract(epoch FROM $1::timestamptz - p.posted_at)::float8 / 86400 AS age_days`;

/** Newest that share a skill; more would be older than what people apply to. */
const POOL_BY_SKILL = 3_000;
const POOL_BY_PLACE = 500;
const SCORED = 600;
const POOL_DAYS = 60;

@Injectable()
export class OpeningRepository {
  /**
   * The postings worth scoring for a person: newest first those that share a skill (GIN on skill_keys) and those at a
   * wished place (GIN on place_words), then the ones with the largest share of skills. The score itself is computed in
   * code, where it is tested. Without any wish the newest stand in.
   */
  async candidates(database: Queryable, profile: StoredProfile, now: Date): Promise<StoredOpening[]> {
    const { person } = profile;
    const rows = await database.query<OpeningRow>(
      'recommendations.match-candidates',
      `WITH open AS NOT MATERIALIZED (
         SELECT p.id, p.listed_at, p.skill_keys, p.place_words, p.remote_mode FROM posting p
         WHERE p.closed_at IS NULL AND p.listed_at > $1::timestamptz - make_interval(days => ${POOL_DAYS})
           AND NOT ($4::boolean AND p.visa_verdict = 'no')),
       pool AS (
         (SELECT id FROM open WHERE skill_keys && $2::text[] ORDER BY listed_at DESC LIMIT ${POOL_BY_SKILL})
         UNION (SELECT id FROM open WHERE place_words && $3::text[] ORDER BY listed_at DESC LIMIT ${POOL_BY_PLACE})
         UNION (SELECT id FROM open WHERE cardinality($2::text[]) = 0 ORDER BY listed_at DESC LIMIT ${POOL_BY_PLACE}))
       SELECT ${OPENING_COLUMNS}
       FROM pool JOIN posting p ON p.id = pool.id
       ORDER BY cardinality(ARRAY(SELECT unnest(p.skill_keys) INTERSECT SELECT unnest($2::text[])))::float8
                  / greatest(cardinality(p.skill_keys), 1) DESC,
                (p.place_words && $3::text[] OR p.remote_mode = 'remote') DESC, p.listed_at DESC, p.id
       LIMIT ${SCORED}`,
      [now, person.skillKeys, countriesOf(profile), profile.visaNeeded === true],
    );
    return rows.map(storedOpening);
  }

  async byIds(database: Queryable, ids: readonly string[], now: Date): Promise<StoredOpening[]> {
    const rows = await database.query<OpeningRow>(
      'recommendations.openings-by-id',
      `SELECT ${OPENING_COLUMNS} FROM posting p WHERE p.id = ANY ($2::uuid[])`,
      [now, ids],
    );
    return rows.map(storedOpening);
  }

  /** What a list shows of these postings, for one reader, by id. Closed ones are left out. */
  async listItems(database: Queryable, ids: readonly string[], userId: string): Promise<Map<string, string>> {
    const rows = await database.query<{ id: string; json: string }>(
      'recommendations.list-items',
      `SELECT p.id, ${jobJson(jobMembers('b.posting_id IS NOT NULL'))}::text AS json
       FROM posting p LEFT JOIN bookmark b ON b.posting_id = p.id AND b.user_id = $2::uuid
       WHERE p.id = ANY ($1::uuid[]) AND p.closed_at IS NULL`,
      [ids, userId],
    );
    return new Map(rows.map(({ id, json }) => [id, json]));
  }
}

const countriesOf = ({ person }: StoredProfile): string[] => [
  ...new Set(person.places.map(({ country }) => country).filter((country) => country !== null)),
];

const storedOpening = (row: OpeningRow): StoredOpening => ({
  id: row.id,
  title: row.title,
  company: row.company,
  companyKey: row.company_key,
  skills: row.skills,
  location: row.location,
  visa: row.visa_verdict,
  opening: {
    skillKeys: row.skill_keys,
    level: row.experience_level,
    places: row.places,
    remote: row.remote_mode,
    salaryMin: row.salary_year_min,
    salaryMax: row.salary_year_max,
    currency: row.salary_currency,
    ageDays: row.age_days,
  },
});
