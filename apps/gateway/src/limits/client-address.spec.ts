import { describe, expect, it } from '@jest/globals';
import { clientAddress } from './client-address.js';

describe('the address services are told', () => {
  it.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])('is loopback for whoever asks from %s', (ip) => {
    expect(clientAddress({ ip, headers: { 'user-agent': 'curl' } })).toBe(ip);
  });

  it.each(['x-forwarded-for', 'forwarded', 'x-real-ip', 'x-forwarded-host', 'x-forwarded-proto', 'via'])(
    'is unknown where a proxy on this machine passes something on (%s)',
    (header) => {
      expect(clientAddress({ ip: '127.0.0.1', headers: { [header]: '' } })).toBeUndefined();
    },
  );

  it('is the peer elsewhere, whatever it claims', () => {
    const headers = { 'x-forwarded-for': '127.0.0.1' };
    expect(clientAddress({ ip: '203.0.113.7', headers })).toBe('203.0.113.7');
  });
});
