import {
  BeginExternalQuery,
  CallbackParameters,
  Closed,
  exchangeSignInCode,
  ExternalSignInAnswer,
  GoogleTokenRequest,
  LinkToConfirm,
  MfaRequired,
  ProviderId,
  SignedInUser,
  Type,
} from '#contracts';
import { operation } from '../http/operation.js';
import { mfaText, tokenPairExample, userExample } from './examples.js';

const tag = 'Sign-in';
const signedInExample = { ...tokenPairExample, user: { ...userExample, email_verified: true } };
const LinkToken = Type.Optional(
  Type.String({ maxLength: 200, description: 'Stands in the `start_url` of POST /auth/identities.' }),
);
const BeginQuery = Closed({ ...BeginExternalQuery.properties, link_token: LinkToken });
/** Providers add parameters of their own (`scope`, `session_state`, …), which mean nothing to us. */
const CallbackQuery = Type.Object(CallbackParameters.properties, { additionalProperties: Type.Unknown() });
const ByProvider = Closed({ provider: ProviderId() });

const begins = {
  method: 'GET',
  tag,
  access: 'public',
  query: BeginQuery,
  status: 302,
  errors: ['EXTERNAL_SIGN_IN_FAILED', 'PROVIDER_UNAVAILABLE'],
} as const;
const beginsText =
  'For a browser: redirects to the provider and sets a cookie that binds the sign-in to this browser for ten minutes. ' +
  'It ends at `return_to`, with a code for POST /auth/exchange behind the `#`.';

const ends = {
  method: 'GET',
  tag,
  access: 'public',
  limit: 'credentials',
  query: CallbackQuery,
  status: 302,
  alternative: {
    status: 200,
    response: Type.Union([SignedInUser, MfaRequired, LinkToConfirm]),
    example: signedInExample,
  },
  errors: [
    'EXTERNAL_SIGN_IN_FAILED',
    'EMAIL_NOT_VERIFIED',
    'ACCOUNT_DISABLED',
    'REGISTRATION_CLOSED',
    'PROVIDER_UNAVAILABLE',
  ],
} as const;
const endsText =
  'Redirects to the page the sign-in is to end at, with `code`, `link_code` or `error` behind the `#`. ' +
  'Where the operator allows no page it answers JSON.';

export const googleTokenOperation = operation({
  method: 'POST',
  path: '/auth/google',
  rootAliases: ['/v1/auth/google'],
  operationId: 'signInWithGoogleToken',
  tag,
  summary: 'Sign in with an id_token of Google Sign-In',
  description:
    'Signature, issuer, audience, times and (where given) nonce are checked. The first time it makes the account; an existing ' +
    `account is found by its address only where both sides have confirmed it. ${mfaText}`,
  access: 'public',
  limit: 'credentials',
  body: GoogleTokenRequest,
  bodyExample: { id_token: 'eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl' },
  response: ExternalSignInAnswer,
  responseExample: signedInExample,
  errors: [
    'EXTERNAL_SIGN_IN_FAILED',
    'EMAIL_NOT_VERIFIED',
    'ACCOUNT_DISABLED',
    'REGISTRATION_CLOSED',
    'FEATURE_DISABLED',
    'PROVIDER_UNAVAILABLE',
  ],
});

export const beginGoogleOperation = operation({
  ...begins,
  path: '/auth/google',
  operationId: 'beginGoogleSignIn',
  summary: 'Sign in with Google, in a browser',
  description: beginsText,
  errors: [...begins.errors, 'FEATURE_DISABLED'],
});

export const endGoogleOperation = operation({
  ...ends,
  path: '/auth/google/callback',
  operationId: 'endGoogleSignIn',
  summary: 'Where Google sends the browser back to',
  description: endsText,
  errors: [...ends.errors, 'FEATURE_DISABLED'],
});

export const beginLinkedInOperation = operation({
  ...begins,
  path: '/auth/linkedin',
  operationId: 'beginLinkedInSignIn',
  summary: 'Sign in with LinkedIn, in a browser',
  description: beginsText,
  errors: [...begins.errors, 'FEATURE_DISABLED'],
});

export const endLinkedInOperation = operation({
  ...ends,
  path: '/auth/linkedin/callback',
  operationId: 'endLinkedInSignIn',
  summary: 'Where LinkedIn sends the browser back to',
  description: endsText,
  errors: [...ends.errors, 'FEATURE_DISABLED'],
});

export const beginOidcOperation = operation({
  ...begins,
  path: '/auth/oidc/{provider}',
  operationId: 'beginOidcSignIn',
  summary: 'Sign in with a provider the operator configured, in a browser',
  description: beginsText,
  params: ByProvider,
  errors: [...begins.errors, 'NOT_FOUND'],
});

export const endOidcOperation = operation({
  ...ends,
  path: '/auth/oidc/{provider}/callback',
  operationId: 'endOidcSignIn',
  summary: 'Where a configured provider sends the browser back to',
  description: endsText,
  params: ByProvider,
  errors: [...ends.errors, 'NOT_FOUND'],
});

export const exchangeOperation = operation({
  method: 'POST',
  path: '/auth/exchange',
  operationId: 'exchangeSignInCode',
  tag,
  summary: 'Fetch the tokens of a sign-in by a provider',
  description: `For the page it ended at: takes the code behind the \`#\`, within a minute, once. ${mfaText}`,
  access: 'public',
  limit: 'credentials',
  body: exchangeSignInCode.request,
  bodyExample: { code: 'ccst_Jw5bW0n3Q8rT2yV6xZ1aC4dE7fG9hK0mN3pR5sU8wX4' },
  response: ExternalSignInAnswer,
  responseExample: signedInExample,
  errors: ['EXTERNAL_SIGN_IN_FAILED', 'ACCOUNT_DISABLED'],
});
