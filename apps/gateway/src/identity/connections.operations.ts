import { AnswerConnectionBody, Closed, Connection, listConnections, RequestConnectionBody, Uuid } from '#contracts';
import { operation } from '../http/operation.js';

const ById = Closed({ id: Uuid({ description: 'Id of the connection.' }) });

const example = {
  id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d51',
  status: 'pending' as const,
  requester_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11',
  receiver_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d13',
  direction: 'sent' as const,
  person: {
    id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d13',
    slug: 'grace-hopper',
    full_name: 'Grace Hopper',
    headline: null,
    current_role: 'Engineer',
    avatar_url: null,
  },
  can_ask_again_at: null,
  created_at: '2026-11-20T10:00:00.000Z',
  updated_at: '2026-11-20T10:00:00.000Z',
};

const common = { tag: 'Social', access: 'signed-in', limit: 'general' } as const;

export const listConnectionsOperation = operation({
  ...common,
  method: 'GET',
  path: '/social/connections',
  operationId: 'listConnections',
  summary: 'List my connections and requests',
  description: 'Newest first; go on with `next_cursor`. People who blocked me are not in it.',
  scope: 'read:social',
  query: listConnections.request,
  response: listConnections.response,
  responseExample: { total: 1, page: 1, per_page: 20, total_pages: 1, next_cursor: null, connections: [example] },
});

export const getConnectionOperation = operation({
  ...common,
  method: 'GET',
  path: '/social/connections/{id}',
  operationId: 'getConnection',
  summary: 'Read one of my connections',
  scope: 'read:social',
  params: ById,
  response: Connection,
  responseExample: example,
  errors: ['NOT_FOUND'],
});

export const requestConnectionOperation = operation({
  ...common,
  method: 'POST',
  path: '/social/connections',
  operationId: 'requestConnection',
  summary: 'Ask somebody to be connected',
  description:
    'By id or slug. Asking somebody who asked me connects the two. After a rejection the same person may be asked again when `can_ask_again_at` has come. Somebody without a page, and somebody who blocked me, is not found. With `status: "blocked"` it blocks instead.',
  scope: 'write:social',
  body: RequestConnectionBody,
  bodyExample: { slug: 'grace-hopper' },
  status: 201,
  response: Connection,
  responseExample: example,
  errors: ['NOT_FOUND', 'EMAIL_NOT_VERIFIED', 'ALREADY_EXISTS', 'CONFLICT', 'ILLEGAL_TRANSITION'],
  idempotent: true,
});

export const answerConnectionOperation = operation({
  ...common,
  method: 'PUT',
  path: '/social/connections/{id}',
  operationId: 'answerConnection',
  summary: 'Accept, reject or block',
  description:
    'Somebody who is blocked can neither find me, nor ask, nor write, and sees nothing that says so. Blocking ends the connection; unblock with DELETE.',
  scope: 'write:social',
  params: ById,
  body: AnswerConnectionBody,
  bodyExample: { status: 'accepted' },
  response: Connection,
  responseExample: { ...example, status: 'accepted', direction: 'received' },
  errors: ['NOT_FOUND', 'EMAIL_NOT_VERIFIED', 'ILLEGAL_TRANSITION'],
});

export const removeConnectionOperation = operation({
  ...common,
  method: 'DELETE',
  path: '/social/connections/{id}',
  operationId: 'removeConnection',
  summary: 'End a connection, take back a request, unblock',
  description: 'Sending away a request that was made to me rejects it.',
  scope: 'write:social',
  params: ById,
  status: 204,
  errors: ['NOT_FOUND'],
});
