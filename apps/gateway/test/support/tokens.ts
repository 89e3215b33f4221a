import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { ACCESS_TOKEN_TYPE } from '#contracts';
import { newId } from '#kernel';

export interface TestKey {
  kid: string;
  algorithm: 'ES256' | 'RS256';
  privateKey: KeyObject;
  publicKey: KeyObject;
  jwk: Record<string, unknown>;
}

export function makeKey(algorithm: 'ES256' | 'RS256' = 'ES256', kid: string = newId()): TestKey {
  const { privateKey, publicKey } =
    algorithm === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig' };
  return {
    kid,
    algorithm,
    privateKey: createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    publicKey,
    jwk,
  };
}

export interface Person {
  userId: string;
  sessionId: string;
  roles: string[];
}
export const person = (roles: string[] = ['user']): Person => ({ userId: newId(), sessionId: newId(), roles });

export const nowSeconds = (): number => Math.floor(Date.now() / 1000);

export const claimsOf = (who: Person, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  iss: 'career-copilot',
  aud: 'career-copilot-api',
  sub: who.userId,
  sid: who.sessionId,
  roles: who.roles,
  email_verified: true,
  iat: nowSeconds(),
  exp: nowSeconds() + 900,
  jti: newId(),
  ...more,
});

export const sign = (key: TestKey, claims: Record<string, unknown>, header: Record<string, unknown> = {}): string =>
  jwt.sign(claims, key.privateKey, {
    algorithm: key.algorithm,
    header: { alg: key.algorithm, kid: key.kid, typ: ACCESS_TOKEN_TYPE, ...header },
  });

export const tokenFor = (key: TestKey, who: Person): string => sign(key, claimsOf(who));
