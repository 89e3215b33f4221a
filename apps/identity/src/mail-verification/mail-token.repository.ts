import { Injectable } from '@nestjs/common';
import type { Queryable, Tx } from '#persistence';

export type MailTokenPurpose = 'verify_email' | 'reset_password' | 'change_email';

export interface MailTokenRow {
  userId: string;
  purpose: MailTokenPurpose;
  /** The mailbox it was sent to, and so proves. */
  email: string;
  expiresAt: Date;
}

const COLUMNS = 'user_id AS "userId", purpose, email, expires_at AS "expiresAt"';

/** Tokens of letters, by their hash; of each purpose an account has one at most. */
@Injectable()
export class MailTokenRepository {
  /** The one that was there before no longer counts. */
  async put(tx: Tx, hash: Buffer, token: MailTokenRow, createdAt: Date): Promise<void> {
    await tx.query(
      'mail-token.put',
      `INSERT INTO mail_token (token_hash, user_id, purpose, email, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (user_id, purpose) DO UPDATE SET
         token_hash = excluded.token_hash, email = excluded.email,
         created_at = excluded.created_at, expires_at = excluded.expires_at`,
      [hash, token.userId, token.purpose, token.email, createdAt, token.expiresAt],
    );
  }

  async find(db: Queryable, hash: Buffer): Promise<MailTokenRow | undefined> {
    const rows = await db.query<MailTokenRow>(
      'mail-token.find',
      `SELECT ${COLUMNS} FROM mail_token WHERE token_hash = $1`,
      [hash],
    );
    return rows[0];
  }

  /** Of many who come with one token exactly one takes it. */
  async take(tx: Tx, hash: Buffer): Promise<MailTokenRow | undefined> {
    const rows = await tx.query<MailTokenRow>(
      'mail-token.take',
      `DELETE FROM mail_token WHERE token_hash = $1 RETURNING ${COLUMNS}`,
      [hash],
    );
    return rows[0];
  }

  async dropAllOf(tx: Tx, userId: string): Promise<void> {
    await tx.query('mail-token.drop', 'DELETE FROM mail_token WHERE user_id = $1', [userId]);
  }
}
