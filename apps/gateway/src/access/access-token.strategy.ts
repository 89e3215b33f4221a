import type { KeyObject } from 'node:crypto';
import { ExtractJwt, Strategy } from 'passport-jwt';
import {
  ACCESS_TOKEN_ALGORITHMS,
  type AccessTokenAlgorithm,
  compileSchema,
  ROLES,
  type Static,
  StringEnum,
  Type,
  Uuid,
} from '#contracts';

/** Claims the door relies on; others may come along. `aud` is one text, so a token for many audiences is refused. */
const Claims = Type.Object({
  sub: Uuid(),
  sid: Uuid(),
  roles: Type.Array(StringEnum(ROLES), { minItems: 1, maxItems: ROLES.length }),
  email_verified: Type.Boolean(),
  needs_factor: Type.Optional(Type.Boolean()),
  iat: Type.Number({ minimum: 0 }),
  exp: Type.Number({ minimum: 0 }),
  jti: Type.String({ minLength: 1, maxLength: 100 }),
  iss: Type.String(),
  aud: Type.String(),
});
export type Claims = Static<typeof Claims>;
const claimsSchema = compileSchema(Claims);

export interface TokenExpectations {
  key: KeyObject;
  algorithm: AccessTokenAlgorithm;
  issuer: string;
  audience: string;
}
/** `expired` only when everything else was right. */
type Outcome = Claims | 'expired' | undefined;
type Settle = (outcome: Outcome) => void;

/** Clocks of two machines differ a little; a token from further in the future is not ours. */
const MAX_CLOCK_SKEW_S = 60;

/**
 * Passport's bearer strategy for one token. Passport itself wants Express; the strategy alone only needs somebody to
 * report to, so it reports to `settle`.
 */
class AccessTokenStrategy extends Strategy {
  constructor(
    expected: TokenExpectations,
    private readonly settle: Settle,
  ) {
    const options = {
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKey: '',
      // The key's own algorithm, not the one the token names.
      algorithms: ACCESS_TOKEN_ALGORITHMS.filter((name) => name === expected.algorithm),
      issuer: expected.issuer,
      audience: expected.audience,
    };
    super(
      // The types know keys as text only. Read anew for every token, the text costs twice as much as the check.
      Object.assign(options, { secretOrKey: expected.key }),
      (payload: unknown, done) => done(null, accept(payload) ?? false),
    );
  }

  override success(claims: Claims): void {
    this.settle(claims);
  }

  override fail(reason: unknown): void {
    // The signature was checked before the times.
    this.settle(reason instanceof Error && reason.name === 'TokenExpiredError' ? 'expired' : undefined);
  }

  override error(): void {
    this.settle(undefined);
  }
}

function accept(payload: unknown): Claims | undefined {
  if (!claimsSchema.check(payload)) return undefined;
  return payload.iat > Date.now() / 1000 + MAX_CLOCK_SKEW_S ? undefined : payload;
}

/** The claims when signature, issuer, audience, times and shape are right; undefined otherwise. */
export function verifyAccessToken(token: string, expected: TokenExpectations): Promise<Outcome> {
  return new Promise((resolve) => {
    const strategy: { authenticate(request: object): void } = new AccessTokenStrategy(expected, resolve);
    strategy.authenticate({ headers: { authorization: `Bearer ${token}` } });
  });
}
