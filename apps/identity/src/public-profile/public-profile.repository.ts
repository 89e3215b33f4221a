import { Injectable } from '@nestjs/common';
import type { SectionVisibility } from '#contracts';
import type { Queryable, Tx } from '#persistence';
import { COUNTED, type CursorWindow } from '../cursor.js';
import { NO_FACTS } from '../profile/domain/profile-facts.js';
import type { CardFacts, Person } from './domain/shown.js';

export interface PublicProfileRow {
  slug: string | null;
  isListed: boolean;
  visibility: Partial<SectionVisibility>;
  updatedAt: Date | null;
}

export interface ProfileFilter {
  q?: string;
  /** Folded. */
  skill?: string;
}

const MAX_ACHIEVEMENTS = 100;

const PERSON = `SELECT a.id AS "userId", pp.slug, a.full_name AS "fullName", a.email::text AS email,
    v.id AS "avatarId", f.facts, coalesce(pp.visibility, '{}') AS visibility,
    (SELECT coalesce(json_agg(json_build_object('name', s.name, 'proficiency', s.proficiency, 'years', s.years,
              'is_verified', s.is_verified) ORDER BY s.position, s.id), '[]')
     FROM skill s WHERE s.user_id = a.id) AS skills,
    (SELECT coalesce(json_agg(json_build_object('title', t.title, 'description', t.description, 'icon', t.icon,
              'date_achieved', t.date_achieved)), '[]')
     FROM (SELECT * FROM achievement WHERE user_id = a.id
           ORDER BY date_achieved DESC NULLS LAST, id DESC LIMIT ${MAX_ACHIEVEMENTS}) AS t) AS achievements
  FROM account a JOIN profile f ON f.user_id = a.id
  LEFT JOIN public_profile pp ON pp.user_id = a.id LEFT JOIN avatar v ON v.user_id = a.id
  WHERE a.blocked_at IS NULL`;

/**
 * Words are only looked for where everybody may read them: a hit would tell what a section hides. $1 is who looks, $2
 * the pattern, $3 the folded skill.
 */
const LISTED = `FROM public_profile pp
  JOIN account a ON a.id = pp.user_id
  JOIN profile f ON f.user_id = pp.user_id
  LEFT JOIN avatar v ON v.user_id = pp.user_id
  WHERE pp.is_listed AND pp.slug IS NOT NULL AND a.blocked_at IS NULL AND pp.user_id <> $1
    AND NOT EXISTS (SELECT 1 FROM connection c WHERE c.status = 'blocked'
                    AND c.low_id = least(pp.user_id, $1) AND c.high_id = greatest(pp.user_id, $1))
    AND ($2::text IS NULL OR a.full_name ILIKE $2
      OR (pp.visibility ->> 'about' = 'public' AND (f.facts ->> 'headline' ILIKE $2 OR f.facts ->> 'bio' ILIKE $2))
      OR (pp.visibility ->> 'position' = 'public'
          AND (f.facts ->> 'current_role' ILIKE $2 OR f.facts ->> 'company' ILIKE $2))
      OR (pp.visibility ->> 'skills' = 'public'
          AND EXISTS (SELECT 1 FROM skill s WHERE s.user_id = pp.user_id AND s.name ILIKE $2)))
    AND ($3::text IS NULL OR (pp.visibility ->> 'skills' = 'public'
          AND EXISTS (SELECT 1 FROM skill s WHERE s.user_id = pp.user_id AND s.name_key = $3)))`;

const patternOf = (text: string | undefined): string | null =>
  text === undefined ? null : `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;

@Injectable()
export class PublicProfileRepository {
  async settings(db: Queryable, userId: string): Promise<PublicProfileRow> {
    const rows = await db.query<PublicProfileRow>(
      'public-profile.settings',
      `SELECT slug, is_listed AS "isListed", visibility, updated_at AS "updatedAt"
       FROM public_profile WHERE user_id = $1`,
      [userId],
    );
    return rows[0] ?? { slug: null, isListed: false, visibility: {}, updatedAt: null };
  }

  async store(tx: Tx, userId: string, row: PublicProfileRow): Promise<void> {
    await tx.query(
      'public-profile.store',
      `INSERT INTO public_profile (user_id, slug, is_listed, visibility, updated_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (user_id) DO UPDATE SET slug = excluded.slug, is_listed = excluded.is_listed,
         visibility = excluded.visibility, updated_at = excluded.updated_at`,
      [userId, row.slug, row.isListed, JSON.stringify(row.visibility), row.updatedAt],
    );
  }

  /** Two who want the same slug come one after the other. */
  async lockSlug(tx: Tx, slug: string): Promise<void> {
    await tx.query('public-profile.lock-slug', `SELECT pg_advisory_xact_lock(hashtextextended('slug:' || $1, 0))`, [
      slug,
    ]);
  }

  /** Taken, or given up by somebody else since then. */
  async isTaken(tx: Tx, slug: string, userId: string, givenUpSince: Date): Promise<boolean> {
    const rows = await tx.query(
      'public-profile.slug-taken',
      `SELECT 1 FROM public_profile WHERE slug = $1 AND user_id <> $2
       UNION ALL SELECT 1 FROM released_slug WHERE slug = $1 AND user_id <> $2 AND released_at > $3`,
      [slug, userId, givenUpSince],
    );
    return rows.length > 0;
  }

  async release(tx: Tx, slug: string, userId: string, now: Date): Promise<void> {
    await tx.query(
      'public-profile.release-slug',
      `INSERT INTO released_slug (slug, user_id, released_at) VALUES ($1, $2, $3)
       ON CONFLICT (slug) DO UPDATE SET user_id = excluded.user_id, released_at = excluded.released_at`,
      [slug, userId, now],
    );
  }

  async bySlug(db: Queryable, slug: string): Promise<Person | undefined> {
    return (await db.query<Person>('public-profile.by-slug', `${PERSON} AND pp.slug = $1`, [slug])).map(complete)[0];
  }

  async byId(db: Queryable, userId: string): Promise<Person | undefined> {
    return (await db.query<Person>('public-profile.by-id', `${PERSON} AND a.id = $1`, [userId])).map(complete)[0];
  }

  async search(
    db: Queryable,
    viewer: string,
    { q, skill }: ProfileFilter,
    { after, limit, offset }: CursorWindow,
  ): Promise<CardFacts[]> {
    return db.query<CardFacts>(
      'public-profile.search',
      `SELECT pp.user_id AS "userId", pp.slug, a.full_name AS "fullName", v.id AS "avatarId", pp.visibility,
              f.facts ->> 'headline' AS headline, f.facts ->> 'current_role' AS "currentRole"
       ${LISTED} AND ($4::uuid IS NULL OR pp.user_id < $4) ORDER BY pp.user_id DESC LIMIT $5 OFFSET $6`,
      [viewer, patternOf(q), skill ?? null, after, limit + 1, offset],
    );
  }

  async count(db: Queryable, viewer: string, { q, skill }: ProfileFilter): Promise<number> {
    const rows = await db.query<{ count: number }>(
      'public-profile.count',
      `SELECT count(*)::int AS count FROM (SELECT 1 ${LISTED} LIMIT ${COUNTED + 1}) AS counted`,
      [viewer, patternOf(q), skill ?? null],
    );
    return rows[0]?.count ?? 0;
  }
}

/** Rows from before a fact existed do not have it. */
const complete = (row: Person): Person => ({ ...row, facts: { ...NO_FACTS, ...row.facts } });
