import {
  ApplicationResponse,
  Closed,
  CreateApplicationRequest,
  getApplicationStats,
  getApplicationTimeline,
  listApplications,
  ListApplicationsQuery,
  UpdateApplicationRequest,
  Uuid,
} from '#contracts';
import { operation } from '../http/operation.js';

const tag = 'Applications';
const ById = Closed({ id: Uuid({ description: 'Id of the application.' }) });
const JOB_ID = '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d21';

export const createApplicationOperation = operation({
  method: 'POST',
  path: '/applications',
  operationId: 'createApplication',
  tag,
  summary: 'Track an application',
  description: 'One per person and job. The posting is remembered as it is now, also when it later disappears.',
  access: 'signed-in',
  scope: 'write:applications',
  body: CreateApplicationRequest,
  bodyExample: { job_id: JOB_ID, status: 'applied', applied_date: '2026-11-20', notes: 'Applied on the company site' },
  status: 201,
  response: ApplicationResponse,
  errors: ['NOT_FOUND', 'APPLICATION_ALREADY_EXISTS'],
  idempotent: true,
});

export const listApplicationsOperation = operation({
  method: 'GET',
  path: '/applications',
  operationId: 'listApplications',
  tag,
  summary: 'List my applications',
  access: 'signed-in',
  scope: 'read:applications',
  query: ListApplicationsQuery,
  response: listApplications.response,
  etag: true,
});

export const getApplicationStatsOperation = operation({
  method: 'GET',
  path: '/applications/stats',
  operationId: 'getApplicationStats',
  tag,
  summary: 'Count my applications by status',
  access: 'signed-in',
  scope: 'read:applications',
  response: getApplicationStats.response,
});

export const getApplicationOperation = operation({
  method: 'GET',
  path: '/applications/{id}',
  operationId: 'getApplication',
  tag,
  summary: 'Read one of my applications',
  access: 'signed-in',
  scope: 'read:applications',
  params: ById,
  response: ApplicationResponse,
  errors: ['NOT_FOUND'],
  etag: true,
});

export const updateApplicationOperation = operation({
  method: 'PUT',
  path: '/applications/{id}',
  operationId: 'updateApplication',
  tag,
  summary: 'Change an application or move it to another status',
  description: 'What is absent stays as it is, null clears. An illegal move answers 409 and names the legal ones.',
  access: 'signed-in',
  scope: 'write:applications',
  params: ById,
  body: UpdateApplicationRequest,
  bodyExample: { status: 'interviewing', notes: 'Phone screen with the hiring manager' },
  response: ApplicationResponse,
  errors: ['NOT_FOUND', 'ILLEGAL_TRANSITION', 'STALE_VERSION'],
});

export const deleteApplicationOperation = operation({
  method: 'DELETE',
  path: '/applications/{id}',
  operationId: 'deleteApplication',
  tag,
  summary: 'Delete an application and its timeline',
  description: 'To keep it on record, move it to `withdrawn` instead.',
  access: 'signed-in',
  scope: 'write:applications',
  params: ById,
  status: 204,
  errors: ['NOT_FOUND'],
});

export const reopenApplicationOperation = operation({
  method: 'POST',
  path: '/applications/{id}/reopen',
  operationId: 'reopenApplication',
  tag,
  summary: 'Reopen a closed application',
  access: 'signed-in',
  scope: 'write:applications',
  params: ById,
  response: ApplicationResponse,
  errors: ['NOT_FOUND', 'ILLEGAL_TRANSITION'],
  idempotent: true,
});

export const getApplicationTimelineOperation = operation({
  method: 'GET',
  path: '/applications/{id}/timeline',
  operationId: 'getApplicationTimeline',
  tag,
  summary: 'Every change of an application, and who or what caused it',
  access: 'signed-in',
  scope: 'read:applications',
  params: ById,
  response: getApplicationTimeline.response,
  errors: ['NOT_FOUND'],
});
