import { describe, expect, it } from '@jest/globals';
import { isUnusual, type Trace } from './familiarity.js';

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';
const safari = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1';
const home: Trace = { address: '203.0.113.7', userAgent: firefox };

describe('isUnusual', () => {
  it('is said of a new device at a new place', () => {
    expect(isUnusual({ address: '198.51.100.9', userAgent: safari }, [home])).toBe(true);
    expect(isUnusual({ address: '2001:db9::1', userAgent: safari }, [home])).toBe(true);
  });

  it.each([
    ['the first sign-in', home, []],
    ['a new device at a known place', { ...home, userAgent: safari }, [home]],
    ['a neighbouring address', { address: '203.0.200.1', userAgent: safari }, [home]],
    ['the same device on a journey', { address: '198.51.100.9', userAgent: firefox }, [home]],
    [
      'a newer version of the browser',
      { address: '198.51.100.9', userAgent: firefox.replaceAll('128', '131') },
      [home],
    ],
    ['an address nobody told', { address: null, userAgent: safari }, [home]],
    ['a device nobody told', { address: '198.51.100.9', userAgent: null }, [home]],
    ['IPv4 inside IPv6', { address: '::ffff:203.0.113.9', userAgent: safari }, [home]],
  ])('is not said of %s', (_what, now, earlier) => {
    expect(isUnusual(now, earlier)).toBe(false);
  });
});
