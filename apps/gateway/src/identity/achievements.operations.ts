import { Achievement, Closed, CreateAchievementBody, listAchievements, UpdateAchievementBody, Uuid } from '#contracts';
import { operation } from '../http/operation.js';

const ById = Closed({ id: Uuid({ description: 'Id of the achievement.' }) });

const example = {
  id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d21',
  title: 'Speaker at PyCon',
  description: 'On testing data pipelines.',
  icon: '🎤',
  date_achieved: '2026-05-12',
  created_at: '2026-11-20T10:00:00.000Z',
  updated_at: '2026-11-20T10:00:00.000Z',
};

const common = { tag: 'Profile', access: 'signed-in', limit: 'general' } as const;

export const listAchievementsOperation = operation({
  ...common,
  method: 'GET',
  path: '/achievements',
  operationId: 'listAchievements',
  summary: 'List my achievements',
  description: 'Latest first; those without a date come last.',
  scope: 'read:profile',
  query: listAchievements.request,
  response: listAchievements.response,
  responseExample: { total: 1, page: 1, per_page: 20, total_pages: 1, achievements: [example] },
});

export const getAchievementOperation = operation({
  ...common,
  method: 'GET',
  path: '/achievements/{id}',
  operationId: 'getAchievement',
  summary: 'Read one of my achievements',
  scope: 'read:profile',
  params: ById,
  response: Achievement,
  responseExample: example,
  errors: ['NOT_FOUND'],
});

export const createAchievementOperation = operation({
  ...common,
  method: 'POST',
  path: '/achievements',
  operationId: 'createAchievement',
  summary: 'Add an achievement',
  scope: 'write:profile',
  body: CreateAchievementBody,
  bodyExample: {
    title: 'Speaker at PyCon',
    description: 'On testing data pipelines.',
    icon: '🎤',
    date_achieved: '2026-05-12',
  },
  status: 201,
  response: Achievement,
  responseExample: example,
  errors: ['LIMIT_REACHED'],
  idempotent: true,
});

export const updateAchievementOperation = operation({
  ...common,
  method: 'PUT',
  path: '/achievements/{id}',
  operationId: 'updateAchievement',
  summary: 'Change one of my achievements',
  description: 'What is absent stays, null clears.',
  scope: 'write:profile',
  params: ById,
  body: UpdateAchievementBody,
  bodyExample: { date_achieved: '2026-05-13' },
  response: Achievement,
  responseExample: { ...example, date_achieved: '2026-05-13' },
  errors: ['NOT_FOUND'],
});

export const deleteAchievementOperation = operation({
  ...common,
  method: 'DELETE',
  path: '/achievements/{id}',
  operationId: 'deleteAchievement',
  summary: 'Remove one of my achievements',
  scope: 'write:profile',
  params: ById,
  status: 204,
  errors: ['NOT_FOUND'],
});
