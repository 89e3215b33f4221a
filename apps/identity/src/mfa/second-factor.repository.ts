import { Injectable } from '@nestjs/common';
import type { Queryable, Tx } from '#persistence';

export interface TotpFactorRow {
  secretSealed: string;
  createdAt: Date;
  enabledAt: Date | null;
}

export interface FactorStatus {
  isOn: boolean;
  codesLeft: number;
}

/** Authenticators and recovery codes. What changes them has the account locked. */
@Injectable()
export class SecondFactorRepository {
  async statusOf(db: Queryable, userId: string): Promise<FactorStatus> {
    const [row] = await db.query<FactorStatus>(
      'second-factor.status',
      `SELECT EXISTS (SELECT FROM totp_factor WHERE user_id = $1 AND enabled_at IS NOT NULL) AS "isOn",
              (SELECT count(*)::int FROM recovery_code WHERE user_id = $1 AND used_at IS NULL) AS "codesLeft"`,
      [userId],
    );
    return row ?? { isOn: false, codesLeft: 0 };
  }

  async find(db: Queryable, userId: string): Promise<TotpFactorRow | undefined> {
    const [row] = await db.query<TotpFactorRow>(
      'totp.find',
      `SELECT secret_sealed AS "secretSealed", created_at AS "createdAt", enabled_at AS "enabledAt"
       FROM totp_factor WHERE user_id = $1`,
      [userId],
    );
    return row;
  }

  /** False where one is on already. */
  async putPending(tx: Tx, userId: string, secretSealed: string, now: Date): Promise<boolean> {
    const rows = await tx.query(
      'totp.put-pending',
      `INSERT INTO totp_factor (user_id, secret_sealed, created_at) VALUES ($1, $2, $3)
       ON CONFLICT (user_id) DO UPDATE SET secret_sealed = excluded.secret_sealed, created_at = excluded.created_at
         WHERE totp_factor.enabled_at IS NULL
       RETURNING user_id`,
      [userId, secretSealed, now],
    );
    return rows.length === 1;
  }

  /** The code that enables it is used up by that. */
  async enable(tx: Tx, userId: string, step: number, now: Date): Promise<void> {
    await tx.query('totp.enable', 'UPDATE totp_factor SET enabled_at = $3, last_used_step = $2 WHERE user_id = $1', [
      userId,
      step,
      now,
    ]);
  }

  /** False where this step, or a later one, was used before: of many who come with one code the first has it. */
  async useStep(tx: Tx, userId: string, step: number): Promise<boolean> {
    const rows = await tx.query(
      'totp.use-step',
      `UPDATE totp_factor SET last_used_step = $2
       WHERE user_id = $1 AND enabled_at IS NOT NULL AND last_used_step < $2 RETURNING user_id`,
      [userId, step],
    );
    return rows.length === 1;
  }

  /** The codes of before no longer count. */
  async putCodes(tx: Tx, userId: string, hashes: readonly Buffer[], now: Date): Promise<void> {
    await this.dropCodes(tx, userId);
    await tx.query(
      'recovery-code.put',
      'INSERT INTO recovery_code (user_id, code_hash, created_at) SELECT $1, hash, $3 FROM unnest($2::bytea[]) AS hash',
      [userId, hashes, now],
    );
  }

  async useCode(tx: Tx, userId: string, hash: Buffer, now: Date): Promise<boolean> {
    const rows = await tx.query(
      'recovery-code.use',
      `UPDATE recovery_code SET used_at = $3 WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL
       RETURNING user_id`,
      [userId, hash, now],
    );
    return rows.length === 1;
  }

  /** Authenticator and codes; true where one was on. */
  async drop(tx: Tx, userId: string): Promise<boolean> {
    await this.dropCodes(tx, userId);
    const rows = await tx.query<{ enabledAt: Date | null }>(
      'totp.drop',
      'DELETE FROM totp_factor WHERE user_id = $1 RETURNING enabled_at AS "enabledAt"',
      [userId],
    );
    return rows.some(({ enabledAt }) => enabledAt !== null);
  }

  private async dropCodes(tx: Tx, userId: string): Promise<void> {
    await tx.query('recovery-code.drop', 'DELETE FROM recovery_code WHERE user_id = $1', [userId]);
  }
}
