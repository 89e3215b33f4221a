import { Closed, listMessages, ListMessagesQuery, SendMessageBody, SocialMessage, Uuid } from '#contracts';
import { operation } from '../http/operation.js';

const example = {
  id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d61',
  connection_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d51',
  sender_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11',
  receiver_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d13',
  content: 'Do you know somebody at Northwind?',
  is_read: false,
  read_at: null,
  created_at: '2026-11-20T10:00:00.000Z',
};

const common = { tag: 'Social', access: 'signed-in', limit: 'general' } as const;

export const listMessagesOperation = operation({
  ...common,
  method: 'GET',
  path: '/social/messages',
  operationId: 'listMessages',
  summary: 'List my messages',
  description: 'To and from me, newest first; go on with `next_cursor`.',
  scope: 'read:social',
  query: ListMessagesQuery,
  response: listMessages.response,
  responseExample: { total: 1, page: 1, per_page: 20, total_pages: 1, next_cursor: null, messages: [example] },
});

export const sendMessageOperation = operation({
  ...common,
  method: 'POST',
  path: '/social/messages',
  operationId: 'sendMessage',
  summary: 'Write to somebody I am connected with',
  description:
    'Arrives at the open sockets of the receiver as `message`. Somebody who blocked me, or has no page and nothing to do with me, is not found.',
  scope: 'write:social',
  body: SendMessageBody,
  bodyExample: { receiver_id: example.receiver_id, content: example.content },
  status: 201,
  response: SocialMessage,
  responseExample: example,
  errors: ['NOT_FOUND', 'EMAIL_NOT_VERIFIED', 'NOT_CONNECTED'],
  idempotent: true,
});

export const readMessageOperation = operation({
  ...common,
  method: 'PUT',
  path: '/social/messages/{id}/read',
  operationId: 'readMessage',
  summary: 'Mark a message to me as read',
  description:
    'The first time counts. Its sender sees it, and hears of it as `message_read`, as long as the two are connected.',
  scope: 'write:social',
  params: Closed({ id: Uuid({ description: 'Id of the message.' }) }),
  response: SocialMessage,
  responseExample: { ...example, is_read: true, read_at: '2026-11-20T10:05:00.000Z' },
  errors: ['NOT_FOUND', 'FORBIDDEN'],
});
