import { Injectable } from '@nestjs/common';
import { SUGGESTION_KINDS, type SuggestJobsRequest } from '#contracts';
import type { Database, Tx } from '#persistence';

/** Longer titles are advertisements; nobody types them. */
const LONGEST_TEXT = 100;

type Kind = (typeof SUGGESTION_KINDS)[number];

/**
 * Every spelling of the open postings by what makes spellings one: key, text, jobs, and how little the text deserves to
 * be the one that is shown. Titles show in their shortest spelling, which has the least around the job's name. What is
 * the same is counted before it is taken apart: that took most of the time.
 */
const SPELLINGS: Readonly<Record<Kind, string>> = {
  title: `SELECT title_key AS key, title AS text, count(*) AS jobs, length(title) AS rank
    FROM posting WHERE closed_at IS NULL GROUP BY title_key, title`,
  company: `SELECT company_key AS key, company AS text, count(*) AS jobs, -count(*) AS rank
    FROM posting WHERE closed_at IS NULL GROUP BY company_key, company`,
  skill: `SELECT lower(s.skill) AS key, s.skill AS text, count(*) AS jobs, -count(*) AS rank
    FROM posting, unnest(skills) s(skill) WHERE closed_at IS NULL GROUP BY s.skill`,
  location: `SELECT l.country || coalesce(':' || l.city, '') AS key, coalesce(l.city || ', ', '') || n.name AS text,
      sum(a.jobs) AS jobs, 0 AS rank
    FROM (SELECT places, count(*) AS jobs FROM posting WHERE closed_at IS NULL GROUP BY places) a,
      -- A posting counts once for a city and once for its country.
      LATERAL (
        SELECT p.country, p.city FROM jsonb_to_recordset(places) p(country text, city text) WHERE p.city IS NOT NULL
        UNION SELECT p.country, NULL FROM jsonb_to_recordset(places) p(country text)) l
      JOIN unnest($2::text[], $3::text[]) n(code, name) ON n.code = l.country
    GROUP BY l.country, l.city, n.name`,
};

@Injectable()
export class SuggestionRepository {
  /** Writes only what changed. `countries`: names by code; a place whose country is unknown is left out. */
  async recount(tx: Tx, kind: Kind, countries: ReadonlyMap<string, string>): Promise<void> {
    // Two leaders: the later one must not find in place what the earlier one is about to take away. A statement of its
    // own, so that the next one sees what whoever held the lock before has written.
    await tx.query('suggestions.lock', `SELECT pg_advisory_xact_lock(hashtextextended('jobs.suggestion', 0))`);
    await tx.query(
      `suggestions.recount-${kind}`,
      `WITH counted AS MATERIALIZED (
         SELECT $1::text AS kind, key, (array_agg(text ORDER BY rank, text))[1] AS text, sum(jobs)::int AS jobs
         FROM (${SPELLINGS[kind]}) s WHERE btrim(key, '|') <> '' AND length(text) <= ${LONGEST_TEXT} GROUP BY key),
       gone AS (
         DELETE FROM suggestion WHERE kind = $1::text
         AND key IN (SELECT key FROM suggestion WHERE kind = $1::text EXCEPT SELECT key FROM counted)),
       -- A conflict would lock, and so write, a row that stays as it is. EXCEPT is never planned as a nested loop.
       changed AS MATERIALIZED (SELECT * FROM counted EXCEPT SELECT kind, key, text, jobs FROM suggestion)
       INSERT INTO suggestion (kind, key, text, jobs) SELECT * FROM changed
       ON CONFLICT (kind, key) DO UPDATE SET text = excluded.text, jobs = excluded.jobs`,
      kind === 'location' ? [kind, [...countries.keys()], [...countries.values()]] : [kind],
    );
  }

  /** How often rows of postings were written, as PostgreSQL counts it; another number says that something changed. */
  async writesOfPostings(database: Database): Promise<string> {
    const [row] = await database.query<{ writes: string }>(
      'suggestions.writes-of-postings',
      `SELECT (n_tup_ins + n_tup_upd + n_tup_del)::text AS writes FROM pg_stat_user_tables
       WHERE relid = 'posting'::regclass`,
      [],
    );
    return row?.writes ?? '';
  }

  /** Texts that begin with what was typed come first, then those that mean most jobs. */
  find(database: Database, request: SuggestJobsRequest, words: string, placeKeys: readonly string[]): Promise<string> {
    return database.queryText(
      'suggestions.find',
      `SELECT json_build_object('suggestions', coalesce(json_agg(
         json_build_object('kind', kind, 'text', text, 'jobs', jobs)
         ORDER BY array_position($6::text[], kind), place), '[]'))::text
       FROM (
         SELECT kind, text, jobs, row_number() OVER (
           PARTITION BY kind ORDER BY starts_with(lower(text), lower($4::text)) DESC, jobs DESC, text) AS place
         FROM suggestion
         WHERE (words @@ to_tsquery('posting_text', $1::text) OR (kind = 'location' AND key = ANY ($2::text[])))
           AND kind = ANY ($3::text[])) found
       WHERE place <= $5::int`,
      [words, placeKeys, request.kinds ?? SUGGESTION_KINDS, request.q.trim(), request.limit ?? 5, SUGGESTION_KINDS],
    );
  }
}
