import { Closed, compileSchema, Type } from '#contracts';

/** What a client may say. Everything else is answered with an error frame. */
const Auth = compileSchema(
  Closed({
    type: Type.Literal('auth'),
    token: Type.String({ maxLength: 8192 }),
    after: Type.Optional(Type.Integer({ minimum: 0 })),
  }),
);
const Ping = compileSchema(Type.Object({ type: Type.Literal('ping') }));
const Pong = compileSchema(Type.Object({ type: Type.Literal('pong') }));
const Subscription = compileSchema(
  Closed({
    type: Type.Union([Type.Literal('subscribe'), Type.Literal('unsubscribe')]),
    channel: Type.String({ maxLength: 100 }),
  }),
);

export type ClientFrame =
  | { type: 'auth'; token: string; after?: number }
  | { type: 'ping' }
  | { type: 'pong' }
  | { type: 'subscribe' | 'unsubscribe'; channel: string };

/** Undefined for what is not a frame of ours. */
export function readFrame(text: string): ClientFrame | undefined {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    // Answered like every other frame that is not known.
    return undefined;
  }
  if (Ping.check(frame) || Pong.check(frame) || Auth.check(frame) || Subscription.check(frame)) return frame;
  return undefined;
}

/** Channels of earlier clients. All of them are one's own; whatever is for the person arrives without subscribing. */
export const isOwnChannel = (channel: string, userId: string): boolean =>
  channel === `user_${userId}` || channel === 'job_matches' || channel === 'system_updates';
