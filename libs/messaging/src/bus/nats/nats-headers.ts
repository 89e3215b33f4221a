import { type Msg, type MsgHdrs, MsgHdrsImpl } from '@nats-io/transport-node';
import type { Headers } from '../bus.port.js';

const SERVER_PREFIX = 'Nats-';
export const MESSAGE_ID_HEADER = 'Nats-Msg-Id';
const LINE_BREAK = /[\r\n]/;

/** Made from the record as it is: the client's `set` looks each name up several times (2.5 us for five headers). */
export function toNatsHeaders(values: Headers): MsgHdrs | undefined {
  const record: Record<string, string[]> = {};
  let isEmpty = true;
  for (const [name, value] of Object.entries(values)) {
    // It would end the header, or the whole block, and begin another.
    if (LINE_BREAK.test(value)) throw new Error(`the header ${name} has a line break`);
    record[name] = [value];
    isEmpty = false;
  }
  return isEmpty ? undefined : MsgHdrsImpl.fromRecord(record);
}

/** Without what the server and the client add for themselves. */
export function fromNatsHeaders(message: Msg): Record<string, string> {
  if (hasBytes(message)) return readBlock(message._rdata, message._msg.hdr);
  const result: Record<string, string> = {};
  for (const [name, [value = '']] of message.headers ?? []) if (!name.startsWith(SERVER_PREFIX)) result[name] = value;
  return result;
}

/** What the client's messages keep besides their public members: the block of headers as it came, in front of the data. */
interface Bytes {
  _rdata: Uint8Array;
  /** Length of the block; negative without one. */
  _msg: { hdr: number };
}

const hasBytes = (message: Msg): message is Msg & Bytes =>
  '_rdata' in message &&
  message._rdata instanceof Uint8Array &&
  '_msg' in message &&
  typeof message._msg === 'object' &&
  message._msg !== null &&
  'hdr' in message._msg &&
  typeof message._msg.hdr === 'number';

/** `NATS/1.0`, then a line `name: value` each. The client reads the same in 4 us instead of 0.6 us. */
function readBlock({ buffer, byteOffset }: Uint8Array, length: number): Record<string, string> {
  const result: Record<string, string> = {};
  if (length <= 0) return result;
  const block = Buffer.from(buffer, byteOffset, length).toString('utf8');
  let end: number;
  for (let start = block.indexOf('\r\n') + 2; (end = block.indexOf('\r\n', start)) > start; start = end + 2) {
    const colon = block.indexOf(':', start);
    if (colon === -1 || colon > end) continue;
    const name = block.slice(start, colon);
    if (!name.startsWith(SERVER_PREFIX)) result[name] ??= block.slice(colon + 1, end).trim();
  }
  return result;
}
