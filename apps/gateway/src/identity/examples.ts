/** Shown in the documentation of several routes. */
export const tokenPairExample = {
  access_token: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiIwMTkzNWI3ZSJ9.c2lnbmF0dXJl',
  refresh_token: 'ccrt_Jw5bW0n3Q8rT2yV6xZ1aC4dE7fG9hK0mN3pR5sU8wX4',
  token_type: 'bearer',
  expires_in: 1800,
};
export const mfaRequiredExample = {
  mfa_required: true,
  mfa_token: 'ccst_Jw5bW0n3Q8rT2yV6xZ1aC4dE7fG9hK0mN3pR5sU8wX4',
  methods: ['totp', 'recovery_code'],
  expires_in: 300,
};
/** Said by every operation one signs in with. */
export const mfaText =
  'Where the account has a second factor there are no tokens yet: `mfa_required` is true, and POST /auth/mfa/verify goes on.';
export const userExample = {
  id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11',
  email: 'john.doe@example.com',
  full_name: 'John Doe',
  roles: ['user'],
  email_verified: false,
  password_must_change: false,
  created_at: '2026-11-20T10:00:00.000Z',
};
export const meExample = {
  ...userExample,
  employer_for: [],
  mfa_enabled: false,
  mfa_setup_required: false,
  recovery_codes_left: 0,
};
