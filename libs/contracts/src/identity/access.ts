import { defineRpc } from '../define.js';
import { Closed, Empty, Timestamp, Type, Uuid } from '../schema.js';

/** Claims of an access token. `sub` is the user, `sid` the session family. */
export interface AccessTokenClaims {
  iss: string;
  aud: string;
  sub: string;
  sid: string;
  roles: string[];
  email_verified: boolean;
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
