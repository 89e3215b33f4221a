import { describe, expect, it } from '@jest/globals';
import { addressGroup } from './address-group.js';

describe('addressGroup', () => {
  it('takes all addresses of one IPv6 /64 for one client, and those of another for another', () => {
    expect(addressGroup('2001:db8:1:2:aaaa::1')).toBe(addressGroup('2001:db8:1:2:ffff:ffff:ffff:ffff'));
    expect(addressGroup('2001:db8:1:2::1')).not.toBe(addressGroup('2001:db8:1:3::1'));
  });

  it('tells IPv4 addresses apart, also where they are written inside IPv6', () => {
    expect(addressGroup('203.0.113.7')).not.toBe(addressGroup('203.0.113.8'));
    expect(addressGroup('::ffff:203.0.113.7')).toBe(addressGroup('203.0.113.7'));
  });

  it('keeps what is no address as it is', () => {
    expect(addressGroup('unix socket')).toBe('unix socket');
  });
});
