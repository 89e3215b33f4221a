import { defineEvent, defineRpc } from '../define.js';
import { Closed, Empty, Nullable, type Static, StringEnum, Timestamp, Type, Uuid } from '../schema.js';
import { CONNECTION_STATUSES } from './connection-statuses.js';
import { CursorQuery, cursorHead } from './cursor-page.js';
import { ProfileCard } from './public-profiles.js';

export const Connection = Closed({
  id: Uuid(),
  status: StringEnum(CONNECTION_STATUSES),
  requester_id: Uuid(),
  receiver_id: Uuid(),
  direction: StringEnum(['sent', 'received'], { description: 'Whether its reader asked or was asked.' }),
  person: ProfileCard,
  can_ask_again_at: Nullable(Timestamp({ description: 'Of a rejected one: when the requester may ask again.' })),
  created_at: Timestamp(),
  updated_at: Timestamp(),
});
export type Connection = Static<typeof Connection>;

export const RequestConnectionBody = Closed({
  receiver_id: Type.Optional(Uuid()),
  slug: Type.Optional(Type.String({ maxLength: 100, description: 'Instead of `receiver_id`.' })),
  status: Type.Optional(
    StringEnum(['pending', 'blocked'], {
      default: 'pending',
      description: '`pending` asks; `blocked` blocks somebody one has nothing to do with yet.',
    }),
  ),
});
export type RequestConnectionBody = Static<typeof RequestConnectionBody>;

export const ANSWERS = ['accepted', 'rejected', 'blocked'] as const;
export const AnswerConnectionBody = Closed({ status: StringEnum(ANSWERS) });

const ById = Closed({ connection_id: Uuid() });

export const requestConnection = defineRpc('identity', 'connection.request', {
  idempotent: true,
  request: RequestConnectionBody,
  response: Connection,
});
export const listConnections = defineRpc('identity', 'connection.list', {
  request: Closed({
    ...CursorQuery,
    status: Type.Optional(StringEnum(CONNECTION_STATUSES)),
    direction: Type.Optional(StringEnum(['sent', 'received'])),
  }),
  response: Closed({ ...cursorHead, connections: Type.Array(Connection) }),
});
export const getConnection = defineRpc('identity', 'connection.get', { request: ById, response: Connection });
export const answerConnection = defineRpc('identity', 'connection.answer', {
  request: Closed({ ...ById.properties, ...AnswerConnectionBody.properties }),
  response: Connection,
});
export const removeConnection = defineRpc('identity', 'connection.remove', { request: ById, response: Empty });

const pair = {
  connection_id: Uuid(),
  requester_id: Uuid(),
  receiver_id: Uuid(),
};
const sample = {
  connection_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d51',
  requester_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11',
  receiver_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d13',
};

export const ConnectionRequestedV1 = defineEvent('identity', 'connection.requested', {
  summary: 'Somebody asks somebody else to be connected.',
  data: Closed(pair),
  sample,
});
export const ConnectionAcceptedV1 = defineEvent('identity', 'connection.accepted', {
  summary: 'Two people are connected.',
  data: Closed({ ...pair, accepted_by: Uuid() }),
  sample: { ...sample, accepted_by: sample.receiver_id },
});
