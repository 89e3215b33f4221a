import { Injectable } from '@nestjs/common';
import type { Queryable, Tx } from '#persistence';

export interface PasskeyRow {
  id: string;
  userId: string;
  credentialId: Buffer;
  publicKey: Buffer;
  transports: string[];
  name: string;
  backedUp: boolean;
  createdAt: Date;
  lastUsedAt: Date | null;
}

export interface NewPasskey extends Omit<PasskeyRow, 'lastUsedAt'> {
  signCount: number;
  aaguid: string;
  backupEligible: boolean;
}

const COLUMNS = `id, user_id AS "userId", credential_id AS "credentialId", public_key AS "publicKey", transports, name,
  backed_up AS "backedUp", created_at AS "createdAt", last_used_at AS "lastUsedAt"`;

@Injectable()
export class PasskeyRepository {
  /** False where the credential is known, whoever has it. */
  async insert(tx: Tx, row: NewPasskey): Promise<boolean> {
    const rows = await tx.query(
      'passkey.insert',
      `INSERT INTO passkey (id, user_id, credential_id, public_key, sign_count, aaguid, transports, name,
         backup_eligible, backed_up, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
       ON CONFLICT (credential_id) DO NOTHING RETURNING id`,
      [
        row.id,
        row.userId,
        row.credentialId,
        row.publicKey,
        row.signCount,
        row.aaguid,
        row.transports,
        row.name,
        row.backupEligible,
        row.backedUp,
        row.createdAt,
      ],
    );
    return rows.length === 1;
  }

  async listOf(db: Queryable, userId: string): Promise<PasskeyRow[]> {
    return db.query(
      'passkey.list',
      `SELECT ${COLUMNS} FROM passkey WHERE user_id = $1 ORDER BY created_at DESC, id DESC`,
      [userId],
    );
  }

  async findByCredential(db: Queryable, credentialId: Buffer): Promise<PasskeyRow | undefined> {
    const [row] = await db.query<PasskeyRow>(
      'passkey.find',
      `SELECT ${COLUMNS} FROM passkey WHERE credential_id = $1`,
      [credentialId],
    );
    return row;
  }

  /**
   * `went-back`: the device counts, and has signed as often before; one of two with this key is a copy. Many passkeys
   * do not count and always say 0. `gone`: it was deleted meanwhile.
   */
  async used(
    tx: Tx,
    id: string,
    signCount: number,
    backedUp: boolean,
    now: Date,
  ): Promise<'used' | 'went-back' | 'gone'> {
    const rows = await tx.query(
      'passkey.used',
      `UPDATE passkey SET sign_count = $2, backed_up = $3, last_used_at = $4
       WHERE id = $1 AND (sign_count < $2 OR (sign_count = 0 AND $2 = 0)) RETURNING id`,
      [id, signCount, backedUp, now],
    );
    if (rows.length === 1) return 'used';
    const left = await tx.query('passkey.there', 'SELECT id FROM passkey WHERE id = $1', [id]);
    return left.length === 1 ? 'went-back' : 'gone';
  }

  async remove(tx: Tx, userId: string, id: string): Promise<{ name: string } | undefined> {
    const [row] = await tx.query<{ name: string }>(
      'passkey.remove',
      'DELETE FROM passkey WHERE user_id = $1 AND id = $2 RETURNING name',
      [userId, id],
    );
    return row;
  }

  /** Answers how many there were. */
  async dropAllOf(tx: Tx, userId: string): Promise<number> {
    const rows = await tx.query('passkey.drop', 'DELETE FROM passkey WHERE user_id = $1 RETURNING id', [userId]);
    return rows.length;
  }
}
