import { defineRpc } from '../define.js';
import { Closed, Empty, Nullable, type Static, StringEnum, Timestamp, Type, Uuid } from '../schema.js';
import { Password, User } from './accounts.js';
import { MfaRequired, TokenPair } from './sessions.js';

export const ProviderId = () =>
  Type.String({
    pattern: '^[a-z0-9][a-z0-9-]{0,31}$',
    description: '`google`, `linkedin`, or the id the operator gave a provider.',
    examples: ['google'],
  });

export const ReturnTo = () =>
  Type.String({
    format: 'uri',
    maxLength: 2048,
    description: 'One of the pages the operator allows (SIGN_IN_RETURN_URLS); the first of them unless given.',
  });

export const BeginExternalQuery = Closed({ return_to: Type.Optional(ReturnTo()) });

/** A redirect dance begins: `browser_secret` goes into a cookie, so that only the same browser can end it. */
export const beginExternalSignIn = defineRpc('identity', 'external-sign-in.begin', {
  caller: 'none',
  request: Closed({
    provider: ProviderId(),
    return_to: Type.Optional(ReturnTo()),
    link_token: Type.Optional(Type.String({ maxLength: 200 })),
  }),
  response: Closed({
    authorization_url: Type.String(),
    browser_secret: Type.String(),
    expires_in: Type.Integer({ minimum: 1 }),
  }),
});

/** What a provider sends the browser back with; what else it sends is of no meaning to us. */
export const CallbackParameters = Closed({
  code: Type.Optional(Type.String({ maxLength: 4096 })),
  state: Type.Optional(Type.String({ maxLength: 512 })),
  iss: Type.Optional(Type.String({ maxLength: 2048 })),
  error: Type.Optional(Type.String({ maxLength: 200 })),
  error_description: Type.Optional(Type.String({ maxLength: 2048 })),
});
export type CallbackParameters = Static<typeof CallbackParameters>;

export const SignedInUser = Closed({ ...TokenPair.properties, user: User });
export type SignedInUser = Static<typeof SignedInUser>;
export const ExternalSignInAnswer = Type.Union([SignedInUser, MfaRequired]);
export type ExternalSignInAnswer = Static<typeof ExternalSignInAnswer>;

export const LinkToConfirm = Closed({
  link_code: Type.String({
    description: 'For POST /auth/identities/confirm, by the account that started the linking.',
  }),
});

export const finishExternalSignIn = defineRpc('identity', 'external-sign-in.finish', {
  caller: 'none',
  request: Closed({
    provider: ProviderId(),
    parameters: CallbackParameters,
    browser_secret: Type.Optional(Type.String({ maxLength: 200 })),
  }),
  response: Type.Union([Closed({ redirect_to: Type.String() }), SignedInUser, MfaRequired, LinkToConfirm]),
});

export const GoogleTokenRequest = Closed({
  id_token: Type.String({ minLength: 1, maxLength: 16_384 }),
  nonce: Type.Optional(
    Type.String({ minLength: 1, maxLength: 512, description: 'Must stand in the token, where it is given.' }),
  ),
});
/** Never stored for idempotency: its answer is a secret. */
export const signInWithGoogleToken = defineRpc('identity', 'external-sign-in.google-token', {
  caller: 'none',
  request: GoogleTokenRequest,
  response: ExternalSignInAnswer,
});

/** The page a sign-in ended at trades the code of its address for tokens. */
export const exchangeSignInCode = defineRpc('identity', 'session.exchange-code', {
  caller: 'none',
  request: Closed({ code: Type.String({ minLength: 1, maxLength: 200 }) }),
  response: ExternalSignInAnswer,
});

export const ExternalIdentity = Closed({
  id: Uuid(),
  provider: ProviderId(),
  email: Nullable(Type.String()),
  created_at: Timestamp(),
  last_used_at: Timestamp(),
});
export type ExternalIdentity = Static<typeof ExternalIdentity>;

export const listIdentities = defineRpc('identity', 'external-identity.list', {
  request: Empty,
  response: Closed({ identities: Type.Array(ExternalIdentity) }),
});

export const StartLinkRequest = Closed({
  provider: ProviderId(),
  return_to: Type.Optional(ReturnTo()),
  current_password: Type.Optional(
    Password({
      description: 'Needed where the account has one; otherwise the sign-in must be younger than 15 minutes.',
    }),
  ),
});
/** `start_url` is for the browser of the person; what comes of it is linked once he confirms it with his own token. */
export const startLinking = defineRpc('identity', 'external-identity.start-linking', {
  request: StartLinkRequest,
  response: Closed({ start_url: Type.String(), expires_in: Type.Integer({ minimum: 1 }) }),
});

export const ConfirmLinkRequest = Closed({ link_code: Type.String({ minLength: 1, maxLength: 200 }) });
export const confirmLinking = defineRpc('identity', 'external-identity.confirm-linking', {
  request: ConfirmLinkRequest,
  response: ExternalIdentity,
});

export const unlinkIdentity = defineRpc('identity', 'external-identity.unlink', {
  request: Closed({ identity_id: Uuid() }),
  response: Closed({ status: StringEnum(['unlinked']) }),
});
