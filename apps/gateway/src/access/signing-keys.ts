import { createPublicKey, type KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ACCESS_TOKEN_ALGORITHMS, type AccessTokenAlgorithm, listSigningKeys } from '#contracts';
import type { Clock } from '#kernel';
import { RpcClient } from '#messaging';
import { CLOCK, Logger } from '#platform';

export interface SigningKey {
  algorithm: AccessTokenAlgorithm;
  key: KeyObject;
}

const REFRESH_MS = 5 * 60_000;
/** Tokens with made-up key ids must not become questions to identity. */
const UNKNOWN_KEY_REFRESH_MS = 5_000;
const MIN_RSA_BITS = 2048;

/** Identity's public keys, asked over the bus. Keys a token brings along (jwk, jku, x5u) are never looked at. */
@Injectable()
export class SigningKeys {
  private keys: ReadonlyMap<string, SigningKey> = new Map();
  private askedAt = Number.NEGATIVE_INFINITY;
  private succeededAt = Number.NEGATIVE_INFINITY;
  private asking: Promise<void> | undefined;

  constructor(
    private readonly rpc: RpcClient,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Whether a token checked earlier with this key still counts: a withdrawn key withdraws its tokens. */
  has(kid: string): boolean {
    if (this.clock.monotonicMs() - this.askedAt > REFRESH_MS) void this.refresh().catch(this.reportFailure);
    return this.keys.has(kid);
  }

  /** Undefined for a key identity does not publish. Rejects only while no keys could be had at all. */
  async find(kid: string): Promise<SigningKey | undefined> {
    const known = this.keys.get(kid);
    if (known !== undefined) return known;
    const now = this.clock.monotonicMs();
    const neverLoaded = this.succeededAt === Number.NEGATIVE_INFINITY;
    if (this.asking !== undefined || neverLoaded || now - this.askedAt >= UNKNOWN_KEY_REFRESH_MS) {
      await this.refresh().catch((error: unknown) => {
        if (neverLoaded) throw error;
        this.reportFailure(error);
      });
    }
    return this.keys.get(kid);
  }

  /** One question at a time, however many requests wait for it. */
  refresh(): Promise<void> {
    this.asking ??= this.load().finally(() => {
      this.asking = undefined;
    });
    return this.asking;
  }

  private async load(): Promise<void> {
    this.askedAt = this.clock.monotonicMs();
    const { keys } = await this.rpc.call(listSigningKeys, {}, { timeoutMs: 2_000 });
    const accepted = new Map<string, SigningKey>();
    for (const jwk of keys) {
      const key = readKey(jwk);
      if (key === undefined || typeof jwk.kid !== 'string') {
        this.logger.warn('a published signing key is not usable', { kid: jwk.kid, kty: jwk.kty });
        continue;
      }
      accepted.set(jwk.kid, key);
    }
    this.keys = accepted;
    this.succeededAt = this.askedAt;
  }

  private readonly reportFailure = (error: unknown): void => {
    this.logger.warn('signing keys could not be refreshed; the known ones stay', {}, error);
  };
}

/** Only what the algorithm list names: P-256 for ES256, RSA of at least 2048 bits for RS256; nothing symmetric. */
function readKey(jwk: Record<string, unknown>): SigningKey | undefined {
  if (jwk.use !== undefined && jwk.use !== 'sig') return undefined;
  const algorithm = ACCESS_TOKEN_ALGORITHMS.find((name) => name === jwk.alg);
  if (algorithm === undefined || (jwk.kty !== 'EC' && jwk.kty !== 'RSA')) return undefined;
  try {
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    const details = key.asymmetricKeyDetails;
    const fits =
      algorithm === 'ES256'
        ? key.asymmetricKeyType === 'ec' && details?.namedCurve === 'prime256v1'
        : key.asymmetricKeyType === 'rsa' && (details?.modulusLength ?? 0) >= MIN_RSA_BITS;
    return fits ? { algorithm, key } : undefined;
  } catch {
    // Not a key at all; the caller logs it.
    return undefined;
  }
}
