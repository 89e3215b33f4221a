import { CUSTOM_SOURCE } from '#contracts';
import { jobJson, jobMembers } from './job-json.js';

/**
 * Everything about one posting as JSON text, closed ones too: who applied wants to read it again. $1 posting, $2 reader
 * or null. Sightings are at most a handful per posting.
 */
export const POSTING_DETAIL = (() => {
  const members = {
    ...jobMembers('b.posting_id IS NOT NULL'),
    description: 'p.description_text',
    description_html: 'p.description_html',
    // No source states benefits apart from the text; an employer may. Null: not stated.
    benefits: 'e.benefits',
    company_key: 'p.company_key',
    version: 'p.version',
    attribution: 'p.attribution',
    places: 'p.places',
    is_active: 'p.closed_at IS NULL',
    expires_at: 'iso(p.expires_at)',
    closed_at: 'iso(p.closed_at)',
    freshness: `json_build_object('first_seen_at', iso(p.first_seen_at), 'last_seen_at', iso(s.last_seen_at),
      'updated_at', iso(p.updated_at), 'seen_at_sources', s.sources)`,
    sightings: 's.sightings',
  };
  return `SELECT ${jobJson(members)}::text AS json
    FROM posting p
    CROSS JOIN LATERAL (
      SELECT coalesce(max(last_seen_at), p.first_seen_at) AS last_seen_at,
             greatest(count(DISTINCT source), 1) AS sources,
             coalesce(json_agg(json_build_object(
               'source', source, 'source_id', source_id, 'url', url, 'employer_confirmed', own.confirmed,
               'first_seen_at', iso(first_seen_at), 'last_seen_at', iso(last_seen_at),
               'merge', CASE WHEN layer <> 'first' THEN
                 json_build_object('layer', layer, 'score', score, 'evidence', CASE
                   WHEN own.confirmed THEN evidence || '["employer: confirmed"]'
                   WHEN NOT own.confirmed THEN evidence || '["employer: not confirmed"]'
                   ELSE evidence END) END)
               ORDER BY first_seen_at, source, source_id), '[]'::json) AS sightings
      FROM sighting LEFT JOIN LATERAL (
        SELECT e.confirmed FROM employer_posting e
        WHERE e.posting_id = p.id AND sighting.source = '${CUSTOM_SOURCE}' AND e.id::text = sighting.source_id) own ON true
      WHERE posting_id = p.id) s
    LEFT JOIN LATERAL (
      SELECT nullif(statement -> 'benefits', 'null') AS benefits FROM employer_posting
      WHERE posting_id = p.id AND withdrawn_at IS NULL AND speaks) e ON true
    LEFT JOIN bookmark b ON b.posting_id = p.id AND b.user_id = $2::uuid
    WHERE p.id = $1::uuid`;
})();

/** What other services keep of a posting (rpc posting.snapshot). */
export const POSTING_SNAPSHOT = `SELECT json_build_object(
    'posting_id', p.id, 'title', p.title, 'company', p.company, 'location', p.location, 'country', p.country,
    'url', p.apply_url, 'description', p.description_text, 'skills', p.skills, 'language', p.language,
    'salary_min', trim_scale(p.salary_min), 'salary_max', trim_scale(p.salary_max), 'currency', p.salary_currency,
    'salary_period', p.salary_period)::text AS json
  FROM posting p WHERE p.id = $1::uuid`;
