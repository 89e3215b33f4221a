import { hash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Caller } from '#contracts';
import { AppError, type Clock, unauthenticated } from '#kernel';
import { CLOCK } from '#platform';
import type { GatewaySettings } from '../config.js';
import { GATEWAY_SETTINGS } from '../tokens.js';
import { readTokenHeader } from './access-token.js';
import { type Claims, verifyAccessToken } from './access-token.strategy.js';
import { Revocations } from './revocations.js';
import { SigningKeys } from './signing-keys.js';

export interface SignedIn {
  caller: Caller;
  sessionId: string;
  issuedAt: number;
  /** Seconds since 1970. */
  expiresAt: number;
}
interface Checked extends SignedIn {
  claims: Claims;
  kid: string;
}

/** About 1 kB each. */
const MAX_REMEMBERED = 20_000;

export const invalidToken = (): AppError =>
  unauthenticated('The access token is not valid. Sign in again, and send `Authorization: Bearer <access_token>`.');
const expiredToken = (): AppError =>
  new AppError({
    code: 'TOKEN_EXPIRED',
    kind: 'unauthenticated',
    message: 'The access token has expired. Get a new one with POST /api/v1/auth/refresh.',
  });

/**
 * Checks bearer tokens. The signature of a token is checked once; afterwards only what can change is: time, withdrawn
 * keys, revocations. A check that is remembered costs about two microseconds (hash and map lookups).
 */
@Injectable()
export class AccessTokens {
  private readonly remembered = new LRUCache<string, Checked>({ max: MAX_REMEMBERED });

  constructor(
    private readonly keys: SigningKeys,
    private readonly revocations: Revocations,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
  ) {}

  /** Throws at once, or answers at once, for a token that was checked before; otherwise a promise. */
  verify(token: string): SignedIn | Promise<SignedIn> {
    const id = fingerprint(token);
    const known = this.remembered.get(id);
    if (known === undefined || !this.revocations.isComplete) return this.verifyFirst(token, id);
    if (!this.keys.has(known.kid)) {
      this.remembered.delete(id);
      return this.verifyFirst(token, id);
    }
    this.assertStillValid(known);
    return known;
  }

  private async verifyFirst(token: string, id: string): Promise<SignedIn> {
    const header = readTokenHeader(token);
    if (header === undefined) throw invalidToken();
    const [key] = await Promise.all([this.keys.find(header.kid), this.revocations.whenComplete()]);
    if (key === undefined || key.algorithm !== header.alg) throw invalidToken();
    const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = this.settings;
    const claims = await verifyAccessToken(token, { ...key, issuer, audience });
    if (claims === 'expired') throw expiredToken();
    if (claims === undefined) throw invalidToken();
    const checked: Checked = {
      caller: {
        user_id: claims.sub,
        roles: claims.roles,
        scopes: [],
        session_id: claims.sid,
        email_verified: claims.email_verified,
        ...(claims.needs_factor === true ? { needs_factor: true } : {}),
      },
      sessionId: claims.sid,
      issuedAt: claims.iat,
      expiresAt: claims.exp,
      claims,
      kid: header.kid,
    };
    this.assertStillValid(checked);
    this.remembered.set(id, checked);
    return checked;
  }

  private assertStillValid({ claims, expiresAt }: Checked): void {
    if (this.revocations.isRevoked(claims)) throw invalidToken();
    if (expiresAt * 1000 <= this.clock.now().getTime()) throw expiredToken();
  }
}

/** Tokens themselves are not kept in memory. In one call: the hash object costs three times the hash. */
const fingerprint = (token: string): string => hash('sha256', token, 'base64');
