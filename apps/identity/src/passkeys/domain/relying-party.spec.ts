import { describe, expect, it } from '@jest/globals';
import { relyingPartyOf } from './relying-party.js';

const party = (settings: object) =>
  relyingPartyOf({ INSTALLATION_NAME: 'Jobs', PASSKEY_ORIGINS: [], PUBLIC_URL: 'http://127.0.0.1:8002', ...settings });

describe('who asks for passkeys', () => {
  it('is this machine by its name, where nobody said anything', () => {
    expect(party({})).toEqual({ id: 'localhost', name: 'Jobs', origins: ['http://localhost:8002'] });
    expect(party({ PUBLIC_URL: 'http://[::1]:8002' })).toMatchObject({ origins: ['http://localhost:8002'] });
  });

  it('is the front end, and the API only where it lies below it', () => {
    const FRONTEND_URL = 'https://example.org/app/';
    expect(party({ FRONTEND_URL, PUBLIC_URL: 'https://api.example.org' })).toMatchObject({
      id: 'example.org',
      origins: ['https://example.org', 'https://api.example.org'],
    });
    expect(party({ FRONTEND_URL, PUBLIC_URL: 'https://notexample.org' })).toMatchObject({
      origins: ['https://example.org'],
    });
  });

  it('is what the operator says', () => {
    const settings = {
      FRONTEND_URL: 'https://app.example.org',
      PUBLIC_URL: 'https://api.example.org',
      PASSKEY_RP_ID: 'example.org',
    };
    expect(party(settings)).toMatchObject({
      id: 'example.org',
      origins: ['https://app.example.org', 'https://api.example.org'],
    });
    const PASSKEY_ORIGINS = ['https://app.example.org', 'android:apk-key-hash:abc'];
    expect(party({ ...settings, PASSKEY_ORIGINS })).toMatchObject({ origins: PASSKEY_ORIGINS });
  });

  it.each(['http://192.168.1.5:8002', 'https://[2001:db8::1]'])(
    'is nobody at %s: an address is no name',
    (PUBLIC_URL) => {
      expect(party({ PUBLIC_URL })).toBeUndefined();
    },
  );
});
