import { AnalyticsFunnel, AnalyticsSummary } from '#contracts';
import { operation } from '../http/operation.js';

const tag = 'Analytics';

export const getAnalyticsSummaryOperation = operation({
  method: 'GET',
  path: '/analytics/summary',
  operationId: 'getAnalyticsSummary',
  tag,
  summary: 'My search in numbers',
  description: 'Counted from what really happened. A rate is null, not 0, while there is nothing to divide by.',
  feature: 'analytics',
  access: 'signed-in',
  scope: 'read:analytics',
  limit: 'analytics',
  response: AnalyticsSummary,
});

export const getAnalyticsFunnelOperation = operation({
  method: 'GET',
  path: '/analytics/funnel',
  operationId: 'getAnalyticsFunnel',
  tag,
  summary: 'From jobs viewed to offers accepted',
  description:
    'From the status history: what ever got that far, also when it ended since. No stage exceeds the one before.',
  feature: 'analytics',
  access: 'signed-in',
  scope: 'read:analytics',
  limit: 'analytics',
  response: AnalyticsFunnel,
});
