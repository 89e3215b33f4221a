import { defineRpc } from '../define.js';
import {
  CalendarDate,
  Closed,
  Empty,
  Line,
  Nullable,
  Page,
  PageQuery,
  type Static,
  StringEnum,
  Text,
  Timestamp,
  Type,
  Uuid,
} from '../schema.js';

/** How often the target is to be reached: each day, week (from Monday) or month, or once over the whole goal. */
export const GOAL_PERIODS = ['daily', 'weekly', 'monthly', 'total'] as const;
export const GOAL_STATUSES = ['active', 'completed', 'abandoned'] as const;
export const GOAL_PRIORITIES = ['low', 'normal', 'high'] as const;

const written = {
  title: Line(1, 200, { examples: ['Apply for jobs'] }),
  description: Nullable(Text(4_000)),
  category: Nullable(Line(1, 60, { examples: ['applications'] })),
  target: Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000_000 }),
  unit: Line(1, 40, { examples: ['applications', 'hours'] }),
  period: StringEnum(GOAL_PERIODS),
  priority: StringEnum(GOAL_PRIORITIES),
  start_date: CalendarDate(),
  end_date: Nullable(CalendarDate()),
};

export const Goal = Closed({
  id: Uuid(),
  ...written,
  status: StringEnum(GOAL_STATUSES),
  progress: Closed({
    value: Type.Number({ description: 'Of the present period; of all time when the period is `total`.' }),
    percent: Type.Integer({ minimum: 0, maximum: 100 }),
    reached: Type.Boolean(),
    period_start: Nullable(CalendarDate({ description: 'Null when the period is `total`.' })),
    period_end: Nullable(CalendarDate()),
  }),
  streak: Closed({
    current: Type.Integer({
      minimum: 0,
      description:
        'Periods in a row in which the target was reached, up to now; days with progress when the period is `total`. The running period counts once it is reached and breaks nothing before it ends.',
    }),
    longest: Type.Integer({ minimum: 0 }),
    unit: StringEnum(['day', 'week', 'month']),
  }),
  created_at: Timestamp(),
  updated_at: Timestamp(),
});
export type Goal = Static<typeof Goal>;

export const CreateGoalBody = Closed({
  title: written.title,
  target: written.target,
  unit: written.unit,
  period: Type.Optional(StringEnum(GOAL_PERIODS, { default: 'total' })),
  description: Type.Optional(written.description),
  category: Type.Optional(written.category),
  priority: Type.Optional(StringEnum(GOAL_PRIORITIES, { default: 'normal' })),
  start_date: Type.Optional(CalendarDate({ description: 'Today (in the time zone of the profile) unless told.' })),
  end_date: Type.Optional(written.end_date),
});
export type CreateGoalBody = Static<typeof CreateGoalBody>;

export const UpdateGoalBody = Type.Partial(Closed({ ...written, status: StringEnum(GOAL_STATUSES) }), {
  additionalProperties: false,
});
export type UpdateGoalBody = Static<typeof UpdateGoalBody>;

export const GoalProgress = Closed({
  id: Uuid(),
  goal_id: Uuid(),
  value: Type.Number(),
  note: Nullable(Type.String()),
  date: CalendarDate(),
  created_at: Timestamp(),
});
export type GoalProgress = Static<typeof GoalProgress>;

export const AddGoalProgressBody = Closed({
  value: Type.Number({
    minimum: -1_000_000_000,
    maximum: 1_000_000_000,
    description: 'What was added; below zero corrects an earlier entry.',
    examples: [3],
  }),
  note: Type.Optional(Nullable(Text(1_000))),
  date: Type.Optional(CalendarDate({ description: 'Today (in the time zone of the profile) unless told.' })),
});
export type AddGoalProgressBody = Static<typeof AddGoalProgressBody>;

const ById = Closed({ goal_id: Uuid() });

export const listGoals = defineRpc('identity', 'goal.list', {
  request: Closed({ ...PageQuery, status: Type.Optional(StringEnum(GOAL_STATUSES)) }),
  response: Page('goals', Goal),
});
export const getGoal = defineRpc('identity', 'goal.get', { request: ById, response: Goal });
export const createGoal = defineRpc('identity', 'goal.create', {
  idempotent: true,
  request: CreateGoalBody,
  response: Goal,
});
export const updateGoal = defineRpc('identity', 'goal.update', {
  request: Closed({ ...ById.properties, ...UpdateGoalBody.properties }),
  response: Goal,
});
export const deleteGoal = defineRpc('identity', 'goal.delete', { request: ById, response: Empty });

export const listGoalProgress = defineRpc('identity', 'goal.list-progress', {
  request: Closed({ ...ById.properties, ...PageQuery }),
  response: Page('entries', GoalProgress),
});
/** Answers the entry and the goal as it is with it. */
export const addGoalProgress = defineRpc('identity', 'goal.add-progress', {
  idempotent: true,
  request: Closed({ ...ById.properties, ...AddGoalProgressBody.properties }),
  response: Closed({ entry: GoalProgress, goal: Goal }),
});
export const deleteGoalProgress = defineRpc('identity', 'goal.delete-progress', {
  request: Closed({ ...ById.properties, entry_id: Uuid() }),
  response: Empty,
});
