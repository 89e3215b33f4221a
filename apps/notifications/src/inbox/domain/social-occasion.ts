import type { ConnectionAcceptedV1, ConnectionRequestedV1, MessageSentV1, Static } from '#contracts';
import type { Occasion } from './occasion.js';

/** The events name nobody; whoever shows the notification finds the person by the ids in `data`. */
const day = (time: string): string => time.slice(0, 10);
const hour = (time: string): string => time.slice(0, 13);

/** Asking, taking back and asking again is told once a day. */
export const requestOccasion = (data: Static<typeof ConnectionRequestedV1.data>, time: string): Occasion => ({
  key: `connection-request:${data.connection_id}:${day(time)}`,
  userId: data.receiver_id,
  type: 'connection_request',
  priority: 'normal',
  title: 'Somebody would like to connect with you',
  message: 'You have a new connection request.',
  data: { connection_id: data.connection_id, requester_id: data.requester_id, status: 'pending' },
});

/** Told to the one who did not do it. */
export const acceptedOccasion = (data: Static<typeof ConnectionAcceptedV1.data>, time: string): Occasion => ({
  key: `connection-accepted:${data.connection_id}:${day(time)}`,
  userId: data.accepted_by === data.requester_id ? data.receiver_id : data.requester_id,
  type: 'connection_request',
  priority: 'normal',
  title: 'You have a new connection',
  message: 'Your connection request was accepted.',
  data: { connection_id: data.connection_id, person_id: data.accepted_by, status: 'accepted' },
});

/** A conversation is no flood of notifications: once an hour per person; each message is pushed to open sockets. */
export const messageOccasion = (data: Static<typeof MessageSentV1.data>, time: string): Occasion => ({
  key: `message:${data.sender_id}:${hour(time)}`,
  userId: data.receiver_id,
  type: 'message',
  priority: 'normal',
  title: 'New message',
  message: 'Somebody you are connected with wrote to you.',
  data: { message_id: data.message_id, connection_id: data.connection_id, sender_id: data.sender_id },
});
