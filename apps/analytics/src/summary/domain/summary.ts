import type { AnalyticsFunnel, AnalyticsSummary } from '#contracts';

/** What the database counted; the shapes people see are made of it. */
export interface Counts {
  viewed: number;
  viewed_or_applied: number;
  viewed_week: number;
  viewed_month: number;
  searches: number;
  bookmarks: number;
  letters: number;
  applied: number;
  applied_week: number;
  applied_month: number;
  interviewed: number;
  interviewed_week: number;
  interviewed_month: number;
  offered: number;
  accepted: number;
  response_days: number | null;
}

/** Per cent with one decimal; null where there is nothing to divide by. */
export const rate = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((Math.min(part, whole) / whole) * 1000) / 10;

/** Formula of the first system: views count 1, applications 10, over 7 days at 20 points a day. */
export const engagementScore = (viewsOfWeek: number, applicationsOfWeek: number): number =>
  Math.min(100, Math.round(((viewsOfWeek + applicationsOfWeek * 10) / (7 * 20)) * 1000) / 10);

export function segmentOf(applicationsOfMonth: number): AnalyticsSummary['user_segment'] {
  if (applicationsOfMonth >= 10) return 'highly_active';
  if (applicationsOfMonth >= 5) return 'moderately_active';
  return applicationsOfMonth >= 1 ? 'low_activity' : 'inactive';
}

export function toSummary(counts: Counts, asOf: Date): AnalyticsSummary {
  return {
    period: 'all_time',
    total_jobs_viewed: counts.viewed,
    total_searches: counts.searches,
    total_bookmarks: counts.bookmarks,
    total_applications: counts.applied,
    interviews_scheduled: counts.interviewed,
    offers_received: counts.offered,
    letters_generated: counts.letters,
    conversion_rates: {
      view_to_application: rate(counts.applied, counts.viewed_or_applied),
      application_to_interview: rate(counts.interviewed, counts.applied),
      interview_to_offer: rate(counts.offered, counts.interviewed),
    },
    average_response_time_days: counts.response_days === null ? null : Math.round(counts.response_days * 10) / 10,
    engagement_score: engagementScore(counts.viewed_week, counts.applied_week),
    user_segment: segmentOf(counts.applied_month),
    this_week: {
      jobs_viewed: counts.viewed_week,
      applications: counts.applied_week,
      interviews: counts.interviewed_week,
    },
    this_month: {
      jobs_viewed: counts.viewed_month,
      applications: counts.applied_month,
      interviews: counts.interviewed_month,
    },
    as_of: asOf.toISOString(),
  };
}

/**
 * From the history, not from the current status: an offer that was declined still was an offer. A stage counts
 * everything that got at least that far (what was applied to was seen), so no stage is larger than the one before.
 */
export function toFunnel(counts: Counts, asOf: Date): AnalyticsFunnel {
  const stages = {
    viewed: counts.viewed_or_applied,
    applied: counts.applied,
    interviewed: counts.interviewed,
    offered: counts.offered,
    accepted: counts.accepted,
  };
  return {
    funnel: {
      viewed: { count: stages.viewed, conversion: stages.viewed === 0 ? null : 100 },
      applied: { count: stages.applied, conversion: rate(stages.applied, stages.viewed) },
      interviewed: { count: stages.interviewed, conversion: rate(stages.interviewed, stages.applied) },
      offered: { count: stages.offered, conversion: rate(stages.offered, stages.interviewed) },
      accepted: { count: stages.accepted, conversion: rate(stages.accepted, stages.offered) },
    },
    as_of: asOf.toISOString(),
  };
}
