import { Injectable } from '@nestjs/common';
import type { Queryable, Tx } from '#persistence';

export interface ExternalIdentityRow {
  id: string;
  userId: string;
  provider: string;
  issuer: string;
  subject: string;
  email: string | null;
  createdAt: Date;
  lastUsedAt: Date;
}

const COLUMNS = `id, user_id AS "userId", provider, issuer, subject, email, created_at AS "createdAt",
  last_used_at AS "lastUsedAt"`;

@Injectable()
export class ExternalIdentityRepository {
  async find(db: Queryable, issuer: string, subject: string): Promise<ExternalIdentityRow | undefined> {
    const rows = await db.query<ExternalIdentityRow>(
      'external-identity.find',
      `SELECT ${COLUMNS} FROM external_identity WHERE issuer = $1 AND subject = $2`,
      [issuer, subject],
    );
    return rows[0];
  }

  async listOf(db: Queryable, userId: string): Promise<ExternalIdentityRow[]> {
    return db.query<ExternalIdentityRow>(
      'external-identity.list',
      `SELECT ${COLUMNS} FROM external_identity WHERE user_id = $1 ORDER BY created_at, id`,
      [userId],
    );
  }

  /** False when the identity belongs to an account already. */
  async insert(tx: Tx, row: ExternalIdentityRow): Promise<boolean> {
    const inserted = await tx.query(
      'external-identity.insert',
      `INSERT INTO external_identity (id, user_id, provider, issuer, subject, email, created_at, last_used_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (issuer, subject) DO NOTHING RETURNING id`,
      [row.id, row.userId, row.provider, row.issuer, row.subject, row.email, row.createdAt, row.lastUsedAt],
    );
    return inserted.length > 0;
  }

  /** False when it was unlinked in the meantime. */
  async used(tx: Tx, id: string, email: string | null, now: Date): Promise<boolean> {
    const rows = await tx.query(
      'external-identity.used',
      'UPDATE external_identity SET last_used_at = $2, email = coalesce($3, email) WHERE id = $1 RETURNING id',
      [id, now, email],
    );
    return rows.length > 0;
  }

  async remove(tx: Tx, userId: string, id: string): Promise<ExternalIdentityRow | undefined> {
    const rows = await tx.query<ExternalIdentityRow>(
      'external-identity.remove',
      `DELETE FROM external_identity WHERE user_id = $1 AND id = $2 RETURNING ${COLUMNS}`,
      [userId, id],
    );
    return rows[0];
  }

  async dropAllOf(tx: Tx, userId: string): Promise<void> {
    await tx.query('external-identity.drop', 'DELETE FROM external_identity WHERE user_id = $1', [userId]);
  }
}
