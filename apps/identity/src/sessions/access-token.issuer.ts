import { Inject, Injectable } from '@nestjs/common';
import { ACCESS_TOKEN_TYPE, type AccessTokenClaims } from '#contracts';
import { newId } from '#kernel';
import jwt from 'jsonwebtoken';
import type { AccountEntity } from '../accounts/account.entity.js';
import type { IdentityOwnSettings } from '../config.js';
import { FactorDemand } from '../mfa/factor-demand.js';
import { SigningKeysService } from '../signing-keys/signing-keys.service.js';
import { SETTINGS } from '../tokens.js';

@Injectable()
export class AccessTokenIssuer {
  constructor(
    @Inject(SETTINGS) private readonly settings: IdentityOwnSettings,
    private readonly signingKeys: SigningKeysService,
    private readonly demand: FactorDemand,
  ) {}

  /** `at`: when account and session were read, under lock. */
  async issue(
    account: AccountEntity,
    sessionId: string,
    at: Date,
  ): Promise<{ access_token: string; expires_in: number }> {
    const signer = await this.signingKeys.signer();
    const lifeSeconds = Math.floor(this.settings.ACCESS_TOKEN_TTL / 1000);
    const claims: AccessTokenClaims = {
      iss: this.settings.JWT_ISSUER,
      aud: this.settings.JWT_AUDIENCE,
      sub: account.id,
      sid: sessionId,
      roles: account.roles,
      email_verified: account.emailVerifiedAt !== null,
      ...((await this.demand.isUnmetBy(account)) ? { needs_factor: true as const } : {}),
      // With its milliseconds: verifiers refuse what was issued before the last change of rights.
      iat: Math.max(at.getTime(), account.accessChangedAt?.getTime() ?? 0) / 1000,
      exp: Math.ceil(at.getTime() / 1000) + lifeSeconds,
      jti: newId(),
    };
    const access_token = jwt.sign(claims, signer.privateKey, {
      algorithm: signer.algorithm,
      header: { alg: signer.algorithm, kid: signer.kid, typ: ACCESS_TOKEN_TYPE },
    });
    return { access_token, expires_in: lifeSeconds };
  }
}
