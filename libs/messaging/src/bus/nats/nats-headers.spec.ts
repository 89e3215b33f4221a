import { describe, expect, it } from '@jest/globals';
import { type Msg, MsgHdrsImpl } from '@nats-io/transport-node';
import fc from 'fast-check';
import { fromNatsHeaders, toNatsHeaders } from './nats-headers.js';

/** As it arrives: the block in front of the data. `hdr` is not there when the client one day keeps it elsewhere. */
function arrived(block: Uint8Array, keepsBytes: boolean): Msg {
  const data = Buffer.from('{}');
  const message: Msg = {
    subject: 'rpc.x',
    sid: 1,
    data,
    headers: MsgHdrsImpl.decode(block),
    respond: () => true,
    json: <T>(): T => JSON.parse('{}') as T,
    string: () => '{}',
  };
  if (!keepsBytes) return message;
  return Object.assign(message, { _rdata: Buffer.concat([block, data]), _msg: { hdr: block.length } });
}

const encoded = (values: Record<string, string>): Uint8Array => {
  const headers = toNatsHeaders(values);
  if (!(headers instanceof MsgHdrsImpl)) throw new Error('no headers');
  return headers.encode();
};

const names = fc.stringMatching(/^[a-z][a-z-]{0,12}$/);
const values = fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => !/[\r\n\ud800-\udfff]/.test(text));

describe('headers on NATS', () => {
  it('come back as they were sent, read by us and read by the client', () => {
    fc.assert(
      fc.property(fc.dictionary(names, values, { minKeys: 1, noNullPrototype: true }), (sent) => {
        const trimmed = Object.fromEntries(Object.entries(sent).map(([name, value]) => [name, value.trim()]));
        const block = encoded(sent);
        expect(fromNatsHeaders(arrived(block, true))).toEqual(trimmed);
        expect(fromNatsHeaders(arrived(block, false))).toEqual(trimmed);
      }),
    );
  });

  it('leave out those of the server, and keep the first of two', () => {
    const block = Buffer.from('NATS/1.0\r\nNats-Msg-Id: 7\r\ntopic: a:b\r\ntopic: c\r\nnothing\r\n\r\n');
    for (const keepsBytes of [true, false]) {
      expect(fromNatsHeaders(arrived(block, keepsBytes))).toEqual({ topic: 'a:b' });
    }
    expect(fromNatsHeaders(arrived(Buffer.from('NATS/1.0 503\r\n\r\n'), true))).toEqual({});
  });

  it('refuse a line break, which would begin another header', () => {
    for (const value of ['a\r\nb: c', 'a\nb', 'a\r']) {
      expect(() => toNatsHeaders({ topic: value })).toThrow('topic has a line break');
    }
    expect(toNatsHeaders({})).toBeUndefined();
  });
});
