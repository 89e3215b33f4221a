import { Injectable } from '@nestjs/common';
import type { AccessTokenAlgorithm } from '#contracts';
import type { Queryable, Tx } from '#persistence';
import type { KeyTimes } from './domain/key-schedule.js';

export interface SigningKeyRow extends KeyTimes {
  algorithm: AccessTokenAlgorithm;
  publicJwk: Record<string, unknown>;
  privateKeySealed: string;
}

@Injectable()
export class SigningKeyRepository {
  /** Every key a token may still be signed with. */
  async living(db: Queryable, now: Date): Promise<SigningKeyRow[]> {
    const rows = await db.query<
      Omit<SigningKeyRow, 'activatesAt' | 'retiresAt'> & { activatesAt: Date; retiresAt: Date | null }
    >(
      'signing-key.living',
      `SELECT kid, algorithm, public_jwk AS "publicJwk", private_key_sealed AS "privateKeySealed",
              activates_at AS "activatesAt", retires_at AS "retiresAt"
       FROM signing_key WHERE retires_at IS NULL OR retires_at > $1 ORDER BY activates_at`,
      [now],
    );
    return rows.map((row) => ({
      ...row,
      activatesAt: row.activatesAt.getTime(),
      retiresAt: row.retiresAt?.getTime() ?? null,
    }));
  }

  /** Replicas that start together make one key, not one each. */
  async lockAll(tx: Tx): Promise<void> {
    await tx.query('signing-key.lock', `SELECT pg_advisory_xact_lock(hashtextextended('identity.signing-key', 0))`);
  }

  async insert(tx: Tx, key: SigningKeyRow, createdAt: Date): Promise<void> {
    await tx.query(
      'signing-key.insert',
      `INSERT INTO signing_key (kid, algorithm, public_jwk, private_key_sealed, created_at, activates_at)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [
        key.kid,
        key.algorithm,
        JSON.stringify(key.publicJwk),
        key.privateKeySealed,
        createdAt,
        new Date(key.activatesAt),
      ],
    );
  }

  /** The others stop signing when `successor` starts, and count until their last token has ended. */
  async retireOthers(tx: Tx, successor: string, retiresAt: Date): Promise<void> {
    await tx.query(
      'signing-key.retire',
      'UPDATE signing_key SET retires_at = $2 WHERE kid <> $1 AND retires_at IS NULL',
      [successor, retiresAt],
    );
  }
}
