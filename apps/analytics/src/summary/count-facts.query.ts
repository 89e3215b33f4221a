import type { Queryable } from '#persistence';
import type { Counts } from './domain/summary.js';

/**
 * All counts of one person in one round trip. Shape: the steps are folded once per application (how far it ever got,
 * when it first got there), the activities once per kind; both are a person's own rows by index, hundreds at most.
 * An employer's first answer is the first step after sending that the person did not decide alone.
 */
export async function countFacts(database: Queryable, userId: string, now: Date): Promise<Counts> {
  const [row] = await database.query<Counts>(
    'analytics.count-facts',
    `WITH per_application AS (
       SELECT application_id, posting_id,
              min(occurred_at) FILTER (WHERE status IN ('applied', 'interviewing', 'offered', 'accepted', 'declined', 'rejected')) AS applied_at,
              min(occurred_at) FILTER (WHERE status IN ('interviewing', 'offered', 'accepted', 'declined')) AS interviewed_at,
              bool_or(status IN ('offered', 'accepted', 'declined')) AS offered,
              bool_or(status = 'accepted') AS accepted,
              min(occurred_at) FILTER (WHERE status = 'applied') AS sent_at,
              min(occurred_at) FILTER (WHERE status IN ('interviewing', 'offered', 'rejected')) AS answered_at
       FROM application_step WHERE user_id = $1 GROUP BY application_id, posting_id
     ), application_counts AS (
       SELECT count(applied_at)::int AS applied,
              count(*) FILTER (WHERE applied_at > $2::timestamptz - interval '7 days')::int AS applied_week,
              count(*) FILTER (WHERE applied_at > $2::timestamptz - interval '30 days')::int AS applied_month,
              count(interviewed_at)::int AS interviewed,
              count(*) FILTER (WHERE interviewed_at > $2::timestamptz - interval '7 days')::int AS interviewed_week,
              count(*) FILTER (WHERE interviewed_at > $2::timestamptz - interval '30 days')::int AS interviewed_month,
              count(*) FILTER (WHERE offered)::int AS offered,
              count(*) FILTER (WHERE accepted)::int AS accepted,
              (avg(extract(epoch FROM answered_at - sent_at)) FILTER (WHERE answered_at > sent_at) / 86400)::float AS response_days
       FROM per_application
     ), activity_counts AS (
       SELECT count(DISTINCT posting_id) FILTER (WHERE kind = 'view')::int AS viewed,
              count(DISTINCT posting_id) FILTER (WHERE kind = 'view' AND occurred_at > $2::timestamptz - interval '7 days')::int AS viewed_week,
              count(DISTINCT posting_id) FILTER (WHERE kind = 'view' AND occurred_at > $2::timestamptz - interval '30 days')::int AS viewed_month,
              count(*) FILTER (WHERE kind = 'search')::int AS searches,
              count(*) FILTER (WHERE kind = 'letter')::int AS letters
       FROM activity WHERE user_id = $1
     )
     SELECT application_counts.*, activity_counts.*,
            (SELECT count(*)::int FROM bookmark WHERE user_id = $1 AND kept) AS bookmarks,
            (SELECT count(*)::int FROM (
               SELECT posting_id FROM activity WHERE user_id = $1 AND kind = 'view'
               UNION SELECT posting_id FROM per_application WHERE applied_at IS NOT NULL) AS seen) AS viewed_or_applied
     FROM application_counts, activity_counts`,
    [userId, now],
  );
  if (row === undefined) throw new Error('an aggregate without GROUP BY answered no row');
  return row;
}
