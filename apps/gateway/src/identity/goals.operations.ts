import {
  addGoalProgress,
  AddGoalProgressBody,
  Closed,
  CreateGoalBody,
  Goal,
  listGoalProgress,
  listGoals,
  PageQuery,
  UpdateGoalBody,
  Uuid,
} from '#contracts';
import { operation } from '../http/operation.js';

const ById = Closed({ id: Uuid({ description: 'Id of the goal.' }) });
const ByEntry = Closed({ ...ById.properties, entry_id: Uuid({ description: 'Id of the entry.' }) });

const goal = {
  id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d31',
  title: 'Apply for jobs',
  description: null,
  category: 'applications',
  target: 5,
  unit: 'applications',
  period: 'weekly' as const,
  priority: 'normal' as const,
  start_date: '2026-11-02',
  end_date: null,
  status: 'active' as const,
  progress: { value: 3, percent: 60, reached: false, period_start: '2026-11-16', period_end: '2026-11-22' },
  streak: { current: 2, longest: 2, unit: 'week' as const },
  created_at: '2026-11-02T10:00:00.000Z',
  updated_at: '2026-11-02T10:00:00.000Z',
};
const entry = {
  id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d32',
  goal_id: goal.id,
  value: 3,
  note: 'Three in Berlin',
  date: '2026-11-20',
  created_at: '2026-11-20T10:00:00.000Z',
};

const common = { tag: 'Goals', access: 'signed-in', limit: 'general' } as const;

export const listGoalsOperation = operation({
  ...common,
  method: 'GET',
  path: '/goals',
  operationId: 'listGoals',
  summary: 'List my goals with progress and streaks',
  scope: 'read:profile',
  query: listGoals.request,
  response: listGoals.response,
  responseExample: { total: 1, page: 1, per_page: 20, total_pages: 1, goals: [goal] },
});

export const getGoalOperation = operation({
  ...common,
  method: 'GET',
  path: '/goals/{id}',
  operationId: 'getGoal',
  summary: 'Read one of my goals',
  scope: 'read:profile',
  params: ById,
  response: Goal,
  responseExample: goal,
  errors: ['NOT_FOUND'],
});

export const createGoalOperation = operation({
  ...common,
  method: 'POST',
  path: '/goals',
  operationId: 'createGoal',
  summary: 'Set a goal',
  description:
    'A target in a unit of your own, per day, week (from Monday) or month, or once over the whole goal (`total`). Days begin and end by the time zone of the profile.',
  scope: 'write:profile',
  body: CreateGoalBody,
  bodyExample: { title: 'Apply for jobs', target: 5, unit: 'applications', period: 'weekly', category: 'applications' },
  status: 201,
  response: Goal,
  responseExample: goal,
  errors: ['LIMIT_REACHED'],
  idempotent: true,
});

export const updateGoalOperation = operation({
  ...common,
  method: 'PUT',
  path: '/goals/{id}',
  operationId: 'updateGoal',
  summary: 'Change one of my goals',
  description: 'What is absent stays. `status` completes or abandons it, and makes it active again.',
  scope: 'write:profile',
  params: ById,
  body: UpdateGoalBody,
  bodyExample: { target: 6 },
  response: Goal,
  responseExample: { ...goal, target: 6, progress: { ...goal.progress, percent: 50 } },
  errors: ['NOT_FOUND'],
});

export const deleteGoalOperation = operation({
  ...common,
  method: 'DELETE',
  path: '/goals/{id}',
  operationId: 'deleteGoal',
  summary: 'Remove one of my goals and its entries',
  scope: 'write:profile',
  params: ById,
  status: 204,
  errors: ['NOT_FOUND'],
});

export const listGoalProgressOperation = operation({
  ...common,
  method: 'GET',
  path: '/goals/{id}/progress',
  operationId: 'listGoalProgress',
  summary: 'List what was done for a goal',
  scope: 'read:profile',
  params: ById,
  query: Closed(PageQuery),
  response: listGoalProgress.response,
  responseExample: { total: 1, page: 1, per_page: 20, total_pages: 1, entries: [entry] },
  errors: ['NOT_FOUND'],
});

export const addGoalProgressOperation = operation({
  ...common,
  method: 'POST',
  path: '/goals/{id}/progress',
  operationId: 'addGoalProgress',
  summary: 'Say what was done for a goal',
  description: 'Answers the entry, and the goal as it is with it. A value below zero corrects an earlier entry.',
  scope: 'write:profile',
  params: ById,
  body: AddGoalProgressBody,
  bodyExample: { value: 3, note: 'Three in Berlin' },
  status: 201,
  response: addGoalProgress.response,
  responseExample: { entry, goal },
  errors: ['NOT_FOUND', 'CONFLICT', 'LIMIT_REACHED'],
  idempotent: true,
});

export const deleteGoalProgressOperation = operation({
  ...common,
  method: 'DELETE',
  path: '/goals/{id}/progress/{entry_id}',
  operationId: 'deleteGoalProgress',
  summary: 'Remove an entry of a goal',
  scope: 'write:profile',
  params: ByEntry,
  status: 204,
  errors: ['NOT_FOUND'],
});
