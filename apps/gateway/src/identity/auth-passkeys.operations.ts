import {
  beginPasskey,
  BeginPasskeyRequest,
  beginPasskeySignIn,
  Closed,
  listPasskeys,
  Passkey,
  PasskeySignInRequest,
  RegisterPasskeyRequest,
  TokenPair,
  Uuid,
} from '#contracts';
import { operation } from '../http/operation.js';
import { tokenPairExample } from './examples.js';

const tag = 'Sign-in';
const passkeyExample = {
  id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d13',
  name: 'iPhone',
  is_synced: true,
  created_at: '2026-11-20T10:00:00.000Z',
  last_used_at: null,
};
const challenge = 'Jw5bW0n3Q8rT2yV6xZ1aC4dE7fG9hK0mN3pR5sU8wX4';
const credential = { id: 'c2FtcGxlLWNyZWRlbnRpYWw', rawId: 'c2FtcGxlLWNyZWRlbnRpYWw', type: 'public-key' } as const;

export const beginPasskeyOperation = operation({
  method: 'POST',
  path: '/auth/passkeys/register/options',
  operationId: 'beginPasskey',
  tag,
  summary: 'Add a passkey: the first step',
  description:
    'Options for `navigator.credentials.create` (`PublicKeyCredential.parseCreationOptionsFromJSON`), good for five minutes ' +
    'in this session. Where the account has a second factor it needs a code of that, too: a passkey is both factors.',
  access: 'signed-in',
  limit: 'credentials',
  body: BeginPasskeyRequest,
  bodyExample: { current_password: 'SecurePassword123!' },
  response: beginPasskey.response,
  responseExample: {
    rp: { id: 'app.example.org', name: 'Career Copilot' },
    user: { id: 'AZNbfm8afD6dHD8KW3ydEQ', name: 'john.doe@example.com', displayName: 'john.doe@example.com' },
    challenge,
    pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
    timeout: 300_000,
    attestation: 'none',
    excludeCredentials: [],
    authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
    extensions: { credProps: true },
  },
  errors: ['TOO_MANY_ATTEMPTS', 'FEATURE_DISABLED'],
});

export const registerPasskeyOperation = operation({
  method: 'POST',
  path: '/auth/passkeys/register/verify',
  operationId: 'registerPasskey',
  tag,
  summary: 'Add a passkey: the last step',
  description:
    'Takes what `toJSON()` of the new credential says. Only the session that took the first step can take it.',
  access: 'signed-in',
  limit: 'credentials',
  body: RegisterPasskeyRequest,
  bodyExample: {
    credential: {
      ...credential,
      response: { clientDataJSON: 'eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0', attestationObject: 'o2NmbXRkbm9uZQ' },
    },
    name: 'iPhone',
  },
  status: 201,
  response: Passkey,
  responseExample: passkeyExample,
  errors: ['ALREADY_EXISTS', 'LIMIT_REACHED', 'FEATURE_DISABLED'],
  idempotent: true,
});

export const beginPasskeySignInOperation = operation({
  method: 'POST',
  path: '/auth/passkeys/login/options',
  operationId: 'beginPasskeySignIn',
  tag,
  summary: 'Sign in with a passkey: the first step',
  description:
    'Options for `navigator.credentials.get`, good for five minutes, once. The same for everybody: the device knows which ' +
    'passkeys it has.',
  access: 'public',
  limit: 'credentials',
  response: beginPasskeySignIn.response,
  responseExample: { challenge, rpId: 'app.example.org', timeout: 300_000, userVerification: 'required' },
  errors: ['FEATURE_DISABLED'],
});

export const signInWithPasskeyOperation = operation({
  method: 'POST',
  path: '/auth/passkeys/login/verify',
  operationId: 'signInWithPasskey',
  tag,
  summary: 'Sign in with a passkey: the last step',
  description:
    'Takes what `toJSON()` of the credential says. It must have been unlocked (finger, face, PIN), so no second factor is ' +
    'asked for.',
  access: 'public',
  limit: 'credentials',
  body: PasskeySignInRequest,
  bodyExample: {
    credential: {
      ...credential,
      response: {
        clientDataJSON: 'eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0',
        authenticatorData: 'SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2M',
        signature: 'MEUCIQDNrG',
        userHandle: 'AZNbfm8afD6dHD8KW3ydEQ',
      },
    },
  },
  response: TokenPair,
  responseExample: tokenPairExample,
  errors: ['PASSKEY_REFUSED', 'ACCOUNT_DISABLED', 'ERASURE_PENDING', 'FEATURE_DISABLED'],
});

export const listPasskeysOperation = operation({
  method: 'GET',
  path: '/auth/passkeys',
  operationId: 'listPasskeys',
  tag,
  summary: 'My passkeys, newest first',
  access: 'signed-in',
  response: listPasskeys.response,
  responseExample: { passkeys: [passkeyExample] },
});

export const deletePasskeyOperation = operation({
  method: 'DELETE',
  path: '/auth/passkeys/{id}',
  operationId: 'deletePasskey',
  tag,
  summary: 'Delete one of my passkeys',
  description: 'It opens nothing any more, at once. Not the last way in. The mailbox is told.',
  access: 'signed-in',
  params: Closed({ id: Uuid({ description: 'Id of the passkey.' }) }),
  status: 204,
  errors: ['NOT_FOUND', 'LAST_WAY_IN'],
});
