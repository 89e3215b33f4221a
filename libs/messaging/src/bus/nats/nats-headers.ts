import { headers, type MsgHdrs } from '@nats-io/transport-node';
import type { Headers } from '../bus.port.js';

const SERVER_PREFIX = 'Nats-';
export const MESSAGE_ID_HEADER = 'Nats-Msg-Id';

export function toNatsHeaders(values: Headers): MsgHdrs | undefined {
  const entries = Object.entries(values);
  if (entries.length === 0) return undefined;
  const result = headers();
  // Line breaks would end the header block; the client refuses them with an error of its own.
  for (const [name, value] of entries) result.set(name, value);
  return result;
}

/** Without what the server and the client add for themselves. */
export function fromNatsHeaders(values: MsgHdrs | undefined): Record<string, string> {
  const result: Record<string, string> = {};
  if (values === undefined) return result;
  for (const name of values.keys()) {
    if (!name.startsWith(SERVER_PREFIX)) result[name] = values.get(name);
  }
  return result;
}
