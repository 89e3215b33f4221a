import { describe, expect, it } from '@jest/globals';
import { isLoopback } from './loopback.js';

describe('isLoopback', () => {
  it.each(['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1', '0:0:0:0:0:0:0:1'])(
    'knows %s as this machine',
    (address) => {
      expect(isLoopback(address)).toBe(true);
    },
  );

  it.each(['10.0.0.1', '192.168.1.4', '0.0.0.0', '::', '::ffff:10.0.0.1', 'localhost', '127.0.0.1.evil.example', ''])(
    'does not take %j for this machine',
    (address) => {
      expect(isLoopback(address)).toBe(false);
    },
  );

  it('does not take an unknown address for this machine', () => {
    expect(isLoopback(undefined)).toBe(false);
  });
});
