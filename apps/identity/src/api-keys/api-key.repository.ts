import { Injectable } from '@nestjs/common';
import type { ApiKeyScope, Role } from '#contracts';
import { Database, type Tx } from '#persistence';

export interface ApiKeyRow {
  id: string;
  name: string;
  prefix: string;
  scopes: ApiKeyScope[];
  expires_at: Date | null;
  last_used_at: Date | null;
  created_at: Date;
}
export interface KeyHolder {
  key_id: string;
  user_id: string;
  roles: Role[];
  scopes: ApiKeyScope[];
  email_verified: boolean;
  expires_at: Date | null;
}

export interface EndingKey {
  id: string;
  name: string;
  expiresAt: Date;
  userId: string;
  email: string;
  emailVerifiedAt: Date | null;
}

const COLUMNS = 'id, name, prefix, scopes, expires_at, last_used_at, created_at';

@Injectable()
export class ApiKeyRepository {
  constructor(private readonly database: Database) {}

  async insert(tx: Tx, userId: string, hash: Buffer, row: ApiKeyRow): Promise<void> {
    await tx.query(
      'api-key.insert',
      `INSERT INTO api_key (id, user_id, name, prefix, hash, scopes, expires_at, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [row.id, userId, row.name, row.prefix, hash, row.scopes, row.expires_at, row.created_at],
    );
  }

  /** Called with the account locked. */
  async countOf(tx: Tx, userId: string): Promise<number> {
    const [row] = await tx.query<{ total: number }>(
      'api-key.count-locked',
      'SELECT count(*)::int AS total FROM api_key WHERE user_id = $1',
      [userId],
    );
    return row?.total ?? 0;
  }

  async page(userId: string, limit: number, offset: number): Promise<{ rows: ApiKeyRow[]; total: number }> {
    const [rows, counts] = await Promise.all([
      this.database.query<ApiKeyRow>(
        'api-key.page',
        `SELECT ${COLUMNS} FROM api_key WHERE user_id = $1 ORDER BY id DESC LIMIT $2 OFFSET $3`,
        [userId, limit, offset],
      ),
      this.database.query<{ total: number }>(
        'api-key.count',
        'SELECT count(*)::int AS total FROM api_key WHERE user_id = $1',
        [userId],
      ),
    ]);
    return { rows, total: counts[0]?.total ?? 0 };
  }

  async find(userId: string, id: string): Promise<ApiKeyRow | undefined> {
    const [row] = await this.database.query<ApiKeyRow>(
      'api-key.find',
      `SELECT ${COLUMNS} FROM api_key WHERE user_id = $1 AND id = $2`,
      [userId, id],
    );
    return row;
  }

  async rename(userId: string, id: string, name: string): Promise<ApiKeyRow | undefined> {
    const [row] = await this.database.query<ApiKeyRow>(
      'api-key.rename',
      `UPDATE api_key SET name = $3 WHERE user_id = $1 AND id = $2 RETURNING ${COLUMNS}`,
      [userId, id, name],
    );
    return row;
  }

  /** False when it is not there, or somebody else's. */
  async delete(tx: Tx, userId: string, id: string): Promise<boolean> {
    const rows = await tx.query('api-key.delete', 'DELETE FROM api_key WHERE user_id = $1 AND id = $2 RETURNING id', [
      userId,
      id,
    ]);
    return rows.length === 1;
  }

  async holderOf(hash: Buffer, now: Date): Promise<KeyHolder | undefined> {
    const [row] = await this.database.query<KeyHolder>(
      'api-key.holder',
      `SELECT k.id AS key_id, k.user_id, a.roles, k.scopes, k.expires_at, a.email_verified_at IS NOT NULL AS email_verified
       FROM api_key k JOIN account a ON a.id = k.user_id
       WHERE k.hash = $1 AND (k.expires_at IS NULL OR k.expires_at > $2) AND a.blocked_at IS NULL`,
      [hash, now],
    );
    return row;
  }

  /**
   * Marks keys whose end nobody announced yet, and answers them: those that end within `noticeMs` and were made for longer.
   * Of many who ask at once each gets other keys.
   */
  takeEnding(tx: Tx, now: Date, noticeMs: number, limit: number): Promise<EndingKey[]> {
    return tx.query(
      'api-key.take-ending',
      `WITH ending AS (
         SELECT k.id, a.email, a.email_verified_at FROM api_key k JOIN account a ON a.id = k.user_id
         WHERE k.end_announced_at IS NULL AND k.expires_at > $1
           AND k.expires_at <= $1::timestamptz + $2 * interval '1 ms'
           AND k.expires_at > k.created_at + $2 * interval '1 ms' AND a.blocked_at IS NULL
         ORDER BY k.expires_at LIMIT $3 FOR UPDATE OF k SKIP LOCKED)
       UPDATE api_key k SET end_announced_at = $1 FROM ending e WHERE k.id = e.id
       RETURNING k.id, k.name, k.expires_at AS "expiresAt", k.user_id AS "userId", e.email,
         e.email_verified_at AS "emailVerifiedAt"`,
      [now, noticeMs, limit],
    );
  }

  /** One statement for many keys. */
  async markUsed(used: ReadonlyMap<string, Date>): Promise<void> {
    await this.database.query(
      'api-key.mark-used',
      `UPDATE api_key k SET last_used_at = greatest(k.last_used_at, u.at)
       FROM unnest($1::uuid[], $2::timestamptz[]) AS u(id, at) WHERE k.id = u.id`,
      [[...used.keys()], [...used.values()]],
    );
  }
}
