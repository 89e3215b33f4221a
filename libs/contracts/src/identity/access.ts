import { defineRpc } from '../define.js';
import { Closed, Empty, Timestamp, Type, Uuid } from '../schema.js';

/** `typ` of an access token's header (RFC 9068): no other token of ours can be used as one. */
export const ACCESS_TOKEN_TYPE = 'at+jwt';
/** The only algorithms an access token may be signed with; the first is the default. */
export const ACCESS_TOKEN_ALGORITHMS = ['ES256', 'RS256'] as const;
export type AccessTokenAlgorithm = (typeof ACCESS_TOKEN_ALGORITHMS)[number];

/**
 * Claims of an access token. `iat` may carry a fraction (RFC 7519 allows it): a token issued in the same second in
 * which access changed counts as issued before unless it says otherwise. `sub` is the user, `sid` the session family.
 */
export interface AccessTokenClaims {
  iss: string;
  aud: string;
  sub: string;
  sid: string;
  roles: string[];
  email_verified: boolean;
  /** This installation demanded a second factor of the account, and it had none. */
  needs_factor?: true;
  iat: number;
  exp: number;
  jti: string;
}

/** Public signing keys (JWK set), as published at /auth/jwks.json. */
export const listSigningKeys = defineRpc('identity', 'signing-key.list', {
  caller: 'none',
  request: Empty,
  response: Closed({ keys: Type.Array(Type.Record(Type.String(), Type.Unknown())) }),
});

/**
 * What the gateway must refuse although the token's signature is right: sessions revoked, and users whose access
 * changed, within the life of an access token. Asked at start and as a safety net; the events carry it live.
 */
export const listRevocations = defineRpc('identity', 'revocation.list', {
  caller: 'none',
  request: Empty,
  response: Closed({
    sessions: Type.Array(Closed({ session_id: Uuid(), revoked_at: Timestamp() })),
    users: Type.Array(Closed({ user_id: Uuid(), blocked: Type.Boolean(), valid_from: Timestamp() })),
  }),
});
