import { Injectable } from '@nestjs/common';
import type { Tx } from '#persistence';

export interface SignInCodeRow {
  codeHash: Buffer;
  tries: number;
  expiresAt: Date;
}

@Injectable()
export class SignInCodeRepository {
  /** The code that was there before no longer counts. */
  async put(tx: Tx, key: Buffer, code: Pick<SignInCodeRow, 'codeHash' | 'expiresAt'>): Promise<void> {
    await tx.query(
      'sign-in-code.put',
      `INSERT INTO sign_in_code (address_key, code_hash, expires_at) VALUES ($1, $2, $3)
       ON CONFLICT (address_key) DO UPDATE SET
         code_hash = excluded.code_hash, tries = 0, expires_at = excluded.expires_at`,
      [key, code.codeHash, code.expiresAt],
    );
  }

  /** Counts one more try; of many at once each gets a number of its own. */
  async countTry(tx: Tx, key: Buffer): Promise<SignInCodeRow | undefined> {
    const rows = await tx.query<SignInCodeRow>(
      'sign-in-code.try',
      `UPDATE sign_in_code SET tries = tries + 1 WHERE address_key = $1
       RETURNING code_hash AS "codeHash", tries, expires_at AS "expiresAt"`,
      [key],
    );
    return rows[0];
  }

  async drop(tx: Tx, key: Buffer): Promise<void> {
    await tx.query('sign-in-code.drop', 'DELETE FROM sign_in_code WHERE address_key = $1', [key]);
  }
}
