import { createPrivateKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import type { AccessTokenAlgorithm } from '#contracts';
import { type Clock, newId } from '#kernel';
import { Database, type Tx, UnitOfWork } from '#persistence';
import { CLOCK, FieldCipher, type FieldPlace } from '#platform';
import type { IdentityOwnSettings } from '../config.js';
import { SETTINGS } from '../tokens.js';
import { publishedKeys, rotationIsDue, signerOf } from './domain/key-schedule.js';
import { SigningKeyRepository, type SigningKeyRow } from './signing-key.repository.js';

/** A new key is published this long before it signs, so that every verifier has fetched it by then. */
const PUBLISH_AHEAD_MS = 10 * 60_000;
/** Clocks of verifiers may differ by this much. */
const CLOCK_SKEW_MS = 60_000;
/** How long a replica goes on with the keys it has read; must stay below PUBLISH_AHEAD_MS. */
const CACHE_MS = 60_000;

export interface Signer {
  kid: string;
  algorithm: AccessTokenAlgorithm;
  privateKey: KeyObject;
}

const makeKeyPair = promisify(generateKeyPair);

/** Keys access tokens are signed with: made at the first use, sealed in the table, rotated with overlap. */
@Injectable()
export class SigningKeysService {
  private cache: { keys: SigningKeyRow[]; readAt: number } | undefined;
  private readonly opened = new Map<string, KeyObject>();

  constructor(
    @Inject(SETTINGS) private readonly settings: IdentityOwnSettings,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly keys: SigningKeyRepository,
    private readonly cipher: FieldCipher,
  ) {}

  /**
   * The key to sign with now. A key that is due gets its successor here, so no schedule is needed: whoever signs first
   * makes it, the others find it.
   */
  async signer(): Promise<Signer> {
    const now = this.clock.now().getTime();
    if (rotationIsDue(await this.readKeys(), this.settings.SIGNING_KEY_MAX_AGE, now)) {
      await this.rotate((keys, at) => rotationIsDue(keys, this.settings.SIGNING_KEY_MAX_AGE, at));
    }
    // Read again: a key made just now is valid from a moment after `now`.
    const signer = signerOf(await this.readKeys(), this.clock.now().getTime());
    if (signer === undefined) throw new Error('There is no signing key although one was just made');
    return { kid: signer.kid, algorithm: signer.algorithm, privateKey: this.open(signer) };
  }

  /** JWK set for verifiers. */
  async publicKeys(): Promise<Record<string, unknown>[]> {
    await this.signer();
    return publishedKeys(await this.readKeys(), this.clock.now().getTime()).map((key) => key.publicJwk);
  }

  /** By hand. The old key goes on until the new one is known everywhere and the last token of the old one has ended. */
  rotateNow(): Promise<{ rotated: boolean }> {
    return this.rotate(() => true);
  }

  private async rotate(isDue: (keys: SigningKeyRow[], now: number) => boolean): Promise<{ rotated: boolean }> {
    const fresh = await this.makeKey();
    const rotated = await this.unitOfWork.run(async (tx) => {
      await this.keys.lockAll(tx);
      const now = this.clock.now();
      const living = await this.keys.living(tx, now);
      if (!isDue(living, now.getTime())) return false;
      await this.put(tx, fresh, living, now);
      return true;
    });
    this.cache = undefined;
    return { rotated };
  }

  private async put(tx: Tx, fresh: SigningKeyRow, living: SigningKeyRow[], now: Date): Promise<void> {
    const someoneSigns = signerOf(living, now.getTime()) !== undefined;
    const activatesAt = now.getTime() + (someoneSigns ? PUBLISH_AHEAD_MS : 0);
    await this.keys.insert(tx, { ...fresh, activatesAt }, now);
    const lastTokenEnds = activatesAt + this.settings.ACCESS_TOKEN_TTL + CACHE_MS + CLOCK_SKEW_MS;
    await this.keys.retireOthers(tx, fresh.kid, new Date(lastTokenEnds));
  }

  private async makeKey(): Promise<SigningKeyRow> {
    const algorithm = this.settings.JWT_ALGORITHM;
    const { publicKey, privateKey } =
      algorithm === 'ES256'
        ? await makeKeyPair('ec', { namedCurve: 'P-256' })
        : await makeKeyPair('rsa', { modulusLength: 3072 });
    const kid = newId();
    return {
      kid,
      algorithm,
      publicJwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig' },
      privateKeySealed: this.cipher.encrypt(
        privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
        placeOf(kid),
      ),
      activatesAt: 0,
      retiresAt: null,
    };
  }

  private async readKeys(): Promise<SigningKeyRow[]> {
    const at = this.clock.monotonicMs();
    if (this.cache !== undefined && at - this.cache.readAt < CACHE_MS) return this.cache.keys;
    const keys = await this.keys.living(this.database, this.clock.now());
    this.cache = { keys, readAt: at };
    return keys;
  }

  private open(key: SigningKeyRow): KeyObject {
    const known = this.opened.get(key.kid);
    if (known !== undefined) return known;
    const privateKey = createPrivateKey(this.cipher.decrypt(key.privateKeySealed, placeOf(key.kid)));
    this.opened.set(key.kid, privateKey);
    return privateKey;
  }
}

const placeOf = (kid: string): FieldPlace => ({ table: 'signing_key', column: 'private_key_sealed', owner: kid });
