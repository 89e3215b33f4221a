import type { Msg } from '@nats-io/transport-node';
import type { Appended } from '../bus.port.js';
import { unavailable } from '../bus-errors.js';

interface PubAck {
  stream?: string;
  seq?: number;
  duplicate?: boolean;
  error?: { code: number; err_code?: number; description?: string };
}

/** The server's answer to a publish. */
export function appended(stream: string, reply: Msg): Appended {
  const ack = reply.json<PubAck>();
  if (ack.error !== undefined || ack.seq === undefined) {
    const reason = ack.error?.description ?? 'no sequence in the answer';
    throw unavailable(`Stream ${stream} did not store the message: ${reason}.`);
  }
  return { stream: ack.stream ?? stream, sequence: ack.seq, duplicate: ack.duplicate ?? false };
}
