import { describe, expect, it } from '@jest/globals';
import { personOf } from './provider.js';

const provider = { id: 'keycloak', kind: 'oidc' as const, issuer: 'https://id.example.com' };
const claims = { sub: '42', email: 'ada@example.com', email_verified: true, name: 'Ada' };

describe('personOf', () => {
  it('is keyed by issuer and subject and says what the claims say', () => {
    expect(personOf(provider, claims)).toEqual({
      provider: 'keycloak',
      kind: 'oidc',
      issuer: 'https://id.example.com',
      subject: '42',
      email: 'ada@example.com',
      emailVerified: true,
      name: 'Ada',
    });
  });

  it.each([undefined, false, 'false', 'yes', 1, null, {}])('does not take email_verified: %p for a yes', (verified) => {
    expect(personOf(provider, { ...claims, email_verified: verified })).toMatchObject({ emailVerified: false });
  });

  it('takes the text some providers send', () => {
    expect(personOf(provider, { ...claims, email_verified: 'true' })).toMatchObject({ emailVerified: true });
  });

  it.each([undefined, 42, 'ada', 'ada@exa mple.com', 'a\u0000@example.com', `${'a'.repeat(250)}@example.com`])(
    'does not take %p for an address, and then nothing is verified',
    (email) => {
      expect(personOf(provider, { ...claims, email })).toMatchObject({ email: null, emailVerified: false });
    },
  );

  it.each([undefined, '', 42, 'x'.repeat(256)])('is nobody with the subject %p', (sub) => {
    expect(personOf(provider, { ...claims, sub })).toBeUndefined();
  });
});
