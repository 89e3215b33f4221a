import { defineRpc } from '../define.js';
import { Closed, Empty, Nullable, type Static, StringEnum, Timestamp, Type } from '../schema.js';

export const USER_SEGMENTS = ['highly_active', 'moderately_active', 'low_activity', 'inactive'] as const;

const Rate = () =>
  Nullable(
    Type.Number({ minimum: 0, maximum: 100, description: 'Per cent; null while there is nothing to divide by.' }),
  );
const Count = () => Type.Integer({ minimum: 0 });

export const AnalyticsSummary = Closed({
  period: Type.Literal('all_time'),
  total_jobs_viewed: Type.Integer({
    minimum: 0,
    description: 'Different postings opened while signed in, in the last two years: views are not kept longer.',
  }),
  total_searches: Type.Integer({ minimum: 0, description: 'In the last two years: searches are not kept longer.' }),
  total_bookmarks: Type.Integer({ minimum: 0, description: 'Kept now.' }),
  total_applications: Type.Integer({ minimum: 0, description: 'Sent, whatever became of them.' }),
  interviews_scheduled: Type.Integer({ minimum: 0, description: 'Applications that ever reached interviews or more.' }),
  offers_received: Count(),
  letters_generated: Count(),
  conversion_rates: Closed({
    view_to_application: Rate(),
    application_to_interview: Rate(),
    interview_to_offer: Rate(),
  }),
  average_response_time_days: Nullable(
    Type.Number({
      minimum: 0,
      description: 'From sending to the first answer of an employer; null without any answer.',
    }),
  ),
  engagement_score: Type.Number({
    minimum: 0,
    maximum: 100,
    description: 'Last 7 days: (views + 10 × applications) / 140 × 100, at most 100.',
  }),
  user_segment: StringEnum(USER_SEGMENTS, {
    description: 'By applications of the last 30 days: from 10, from 5, from 1, none.',
  }),
  this_week: Closed({ jobs_viewed: Count(), applications: Count(), interviews: Count() }),
  this_month: Closed({ jobs_viewed: Count(), applications: Count(), interviews: Count() }),
  as_of: Timestamp(),
});
export type AnalyticsSummary = Static<typeof AnalyticsSummary>;

export const FUNNEL_STAGES = ['viewed', 'applied', 'interviewed', 'offered', 'accepted'] as const;
const Stage = () =>
  Closed({
    count: Count(),
    conversion: Nullable(Type.Number({ description: 'Per cent of the stage before; 100 for the first.' })),
  });
export const AnalyticsFunnel = Closed({
  funnel: Closed({ viewed: Stage(), applied: Stage(), interviewed: Stage(), offered: Stage(), accepted: Stage() }),
  as_of: Timestamp(),
});
export type AnalyticsFunnel = Static<typeof AnalyticsFunnel>;

export const getAnalyticsSummary = defineRpc('analytics', 'summary.get', {
  request: Empty,
  response: AnalyticsSummary,
});
export const getAnalyticsFunnel = defineRpc('analytics', 'funnel.get', { request: Empty, response: AnalyticsFunnel });
