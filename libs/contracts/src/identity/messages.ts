import { defineEvent, defineRpc } from '../define.js';
import { Closed, Nullable, type Static, Text, Timestamp, Type, Uuid } from '../schema.js';
import { CursorQuery, cursorHead } from './cursor-page.js';

const MAX_CONTENT = 4_000;

/** What one person wrote to another. */
export const SocialMessage = Closed({
  id: Uuid(),
  connection_id: Uuid(),
  sender_id: Uuid(),
  receiver_id: Uuid(),
  content: Type.String(),
  is_read: Type.Boolean(),
  read_at: Nullable(Timestamp()),
  created_at: Timestamp(),
});
export type SocialMessage = Static<typeof SocialMessage>;

export const SendMessageBody = Closed({
  receiver_id: Uuid({ description: 'Somebody I am connected with.' }),
  content: Text(MAX_CONTENT, { minLength: 1 }),
});
export type SendMessageBody = Static<typeof SendMessageBody>;

export const ListMessagesQuery = Closed({
  ...CursorQuery,
  with: Type.Optional(Uuid({ description: 'Only messages to and from this person.' })),
  unread: Type.Optional(Type.Boolean({ description: 'Only those to me that I have not read.' })),
});
export type ListMessagesQuery = Static<typeof ListMessagesQuery>;

export const listMessages = defineRpc('identity', 'message.list', {
  request: ListMessagesQuery,
  response: Closed({ ...cursorHead, messages: Type.Array(SocialMessage) }),
});
export const sendMessage = defineRpc('identity', 'message.send', {
  idempotent: true,
  request: SendMessageBody,
  response: SocialMessage,
});
export const readMessage = defineRpc('identity', 'message.read', {
  request: Closed({ message_id: Uuid() }),
  response: SocialMessage,
});

export const MessageSentV1 = defineEvent('identity', 'message.sent', {
  summary: 'Somebody wrote to somebody he is connected with. The words stay in identity.',
  data: Closed({ message_id: Uuid(), connection_id: Uuid(), sender_id: Uuid(), receiver_id: Uuid() }),
  sample: {
    message_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d61',
    connection_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d51',
    sender_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11',
    receiver_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d13',
  },
});
