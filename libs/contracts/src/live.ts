import { Closed, StringEnum, Timestamp, Type, type Static } from './schema.js';

/** A push to a person's open sockets, published on `live.<user-id>`; lossy, a client refetches after reconnecting. */
export const LiveMessage = Closed({
  type: StringEnum([
    'notification',
    'application_status_update',
    'job_match',
    'scrape_progress',
    'generation_progress',
    'connection_request',
    'connection_accepted',
    'message',
    'message_read',
  ]),
  data: Type.Record(Type.String(), Type.Unknown()),
  sent_at: Timestamp(),
});
export type LiveMessage = Static<typeof LiveMessage>;
export const liveSubject = (userId: string): string => `live.${userId}`;
