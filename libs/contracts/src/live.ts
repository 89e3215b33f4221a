import { Closed, StringEnum, Timestamp, Type, type Static } from './schema.js';

/** A push to a person's open sockets, published on `live.<user-id>`; lossy, but for what has a `sequence`. */
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
  /**
   * Of a notification: its number among those of its person. Numbers grow in the order in which notifications come to
   * be, so a gateway sees what the bus lost, and a client that comes back says the last one it saw.
   */
  sequence: Type.Optional(Type.Integer({ minimum: 1 })),
});
export type LiveMessage = Static<typeof LiveMessage>;
/** Where the bus carries `sequence` beside the message, for gateways that pass bytes on without reading them. */
export const LIVE_SEQUENCE_HEADER = 'cc-live-sequence';
export const liveSubject = (userId: string): string => `live.${userId}`;
