import type { Msg } from '@nats-io/transport-node';
import { nanos } from '@nats-io/transport-node';
import { unavailable } from '../bus-errors.js';
import type { Delivery } from '../bus.port.js';
import { fromNatsHeaders, MESSAGE_ID_HEADER } from './nats-headers.js';
import type { NatsRequests } from './nats-requests.js';

/** A settlement without an answer is unknown: the message may come again, and the inbox then absorbs it. */
export const SETTLE_TIMEOUT_MS = 5_000;

const text = new TextEncoder();
const ACK = text.encode('+ACK');
const TERM = text.encode('+TERM');
const WORKING = text.encode('+WPI');

/** Whether the position a message was handed out at is still the position of that message. */
export type StillThere = (sequence: number, messageId: string) => Promise<boolean>;

export function toDelivery(message: Msg, requests: NatsRequests, stillThere: StillThere): Delivery {
  const info = deliveryInfo(message.reply ?? '');
  const messageId = message.headers?.get(MESSAGE_ID_HEADER) ?? '';
  const settle = async (verb: Uint8Array): Promise<void> => {
    if (!(await stillThere(info.sequence, messageId))) {
      throw unavailable(`${info.stream} lost message ${messageId} after it was handed out; it comes again.`);
    }
    await requests.ask(message.reply ?? '', verb, SETTLE_TIMEOUT_MS);
  };
  return {
    subject: message.subject,
    payload: message.data,
    headers: fromNatsHeaders(message),
    messageId,
    ...info,
    ack: () => settle(ACK),
    // Delay by nak, never by a `backoff` list of the consumer: that list replaces the ack-wait.
    nak: (delayMs) =>
      settle(text.encode(delayMs > 0 ? `-NAK ${JSON.stringify({ delay: nanos(Math.round(delayMs)) })}` : '-NAK')),
    extend: async () => {
      if (await stillThere(info.sequence, messageId)) message.respond(WORKING);
    },
    terminate: () => settle(TERM),
  };
}

/** `$JS.ACK.<stream>.<durable>.<attempt>.<sequence>.…`; newer servers put domain and account before the stream. */
function deliveryInfo(reply: string): { stream: string; attempt: number; sequence: number } {
  const tokens = reply.split('.');
  const at = tokens.length > 9 ? 4 : 2;
  return {
    stream: tokens[at] ?? '',
    attempt: Number(tokens[at + 2] ?? '1'),
    sequence: Number(tokens[at + 3] ?? '0'),
  };
}
