import { describe, expect, it } from '@jest/globals';
import { passkeyName } from './passkey-name.js';

const NOBODY = '00000000-0000-0000-0000-000000000000';

describe('the name of a passkey', () => {
  it.each([
    ['its model', 'D548826E-79B4-DB40-A3D8-11116F7E8349', 'Mozilla/5.0 (Windows NT 10.0)', 'Bitwarden'],
    ['a phone', NOBODY, 'Mozilla/5.0 (Linux; Android 15; Pixel 9)', 'Android device'],
    ['a tablet', NOBODY, 'Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X)', 'iPad'],
    ['a computer', NOBODY, 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)', 'Mac'],
    ['nothing that is known', NOBODY, 'curl/8.5.0', 'Passkey'],
    ['nothing at all', NOBODY, undefined, 'Passkey'],
  ])('comes from %s', (_what, aaguid, userAgent, name) => {
    expect(passkeyName(aaguid, userAgent)).toBe(name);
  });
});
