import { Injectable } from '@nestjs/common';
import type { Queryable, Tx } from '#persistence';
import type { Trace } from '../sign-in/domain/familiarity.js';

export interface SessionRow {
  id: string;
  userId: string;
  address: string | null;
  userAgent: string | null;
  createdAt: Date;
  lastSeenAt: Date;
}

export interface RefreshTokenRow {
  sessionId: string;
  expiresAt: Date;
  rotatedAt: Date | null;
  sessionCreatedAt: Date;
  revokedAt: Date | null;
}

const COLUMNS = `id, user_id AS "userId", address, user_agent AS "userAgent", created_at AS "createdAt",
  last_seen_at AS "lastSeenAt"`;

/** Sessions and the refresh tokens of their families. */
@Injectable()
export class SessionRepository {
  /** With its first refresh token, in one statement: half of what signing in writes. */
  async insert(tx: Tx, session: SessionRow, token: { hash: Buffer; expiresAt: Date }): Promise<void> {
    await tx.query(
      'session.insert',
      `WITH opened AS (
         INSERT INTO session (id, user_id, address, user_agent, created_at, last_seen_at)
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING id, created_at)
       INSERT INTO refresh_token (token_hash, session_id, created_at, expires_at)
       SELECT $7, id, created_at, $8 FROM opened`,
      [
        session.id,
        session.userId,
        session.address,
        session.userAgent,
        session.createdAt,
        session.lastSeenAt,
        token.hash,
        token.expiresAt,
      ],
    );
  }

  async insertToken(tx: Tx, sessionId: string, hash: Buffer, createdAt: Date, expiresAt: Date): Promise<void> {
    await tx.query(
      'refresh-token.insert',
      'INSERT INTO refresh_token (token_hash, session_id, created_at, expires_at) VALUES ($1, $2, $3, $4)',
      [hash, sessionId, createdAt, expiresAt],
    );
  }

  async userOfToken(tx: Tx, hash: Buffer): Promise<string | undefined> {
    const rows = await tx.query<{ userId: string }>(
      'refresh-token.user',
      `SELECT s.user_id AS "userId" FROM refresh_token t JOIN session s ON s.id = t.session_id WHERE t.token_hash = $1`,
      [hash],
    );
    return rows[0]?.userId;
  }

  /** Locks token and session: of many refreshes with one token exactly one finds it unused. */
  async lockToken(tx: Tx, hash: Buffer): Promise<RefreshTokenRow | undefined> {
    const rows = await tx.query<RefreshTokenRow>(
      'refresh-token.lock',
      `SELECT t.session_id AS "sessionId", t.expires_at AS "expiresAt",
              t.rotated_at AS "rotatedAt", s.created_at AS "sessionCreatedAt", s.revoked_at AS "revokedAt"
       FROM refresh_token t JOIN session s ON s.id = t.session_id
       WHERE t.token_hash = $1
       FOR UPDATE`,
      [hash],
    );
    return rows[0];
  }

  /** Marks the token used, notes that the session lives, and forgets tokens of the family that expired anyway. */
  async rotate(tx: Tx, hash: Buffer, sessionId: string, now: Date, address: string | null): Promise<void> {
    await tx.query('refresh-token.rotate', 'UPDATE refresh_token SET rotated_at = $2 WHERE token_hash = $1', [
      hash,
      now,
    ]);
    await tx.query(
      'session.seen',
      'UPDATE session SET last_seen_at = $2, address = coalesce($3, address) WHERE id = $1',
      [sessionId, now, address],
    );
    await tx.query('refresh-token.prune', 'DELETE FROM refresh_token WHERE session_id = $1 AND expires_at < $2', [
      sessionId,
      now,
    ]);
  }

  /** Answers the ids that were still alive. */
  async revoke(
    tx: Tx,
    which: { userId: string; sessionId?: string; except?: string },
    reason: string,
    now: Date,
  ): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      'session.revoke',
      `UPDATE session SET revoked_at = $4, revoked_reason = $5
       WHERE user_id = $1 AND revoked_at IS NULL
         AND ($2::uuid IS NULL OR id = $2) AND ($3::uuid IS NULL OR id <> $3)
       RETURNING id`,
      [which.userId, which.sessionId ?? null, which.except ?? null, now, reason],
    );
    return rows.map((row) => row.id);
  }

  /** Sessions that could still be refreshed. */
  async livePage(
    db: Queryable,
    userId: string,
    seenAfter: Date,
    limit: number,
    offset: number,
  ): Promise<{ rows: SessionRow[]; total: number }> {
    const alive = 'FROM session WHERE user_id = $1 AND revoked_at IS NULL AND last_seen_at > $2';
    const [rows, totals] = await Promise.all([
      db.query<SessionRow>(
        'session.live-page',
        `SELECT ${COLUMNS} ${alive} ORDER BY last_seen_at DESC, id LIMIT $3 OFFSET $4`,
        [userId, seenAfter, limit, offset],
      ),
      db.query<{ total: number }>('session.live-count', `SELECT count(*)::int AS total ${alive}`, [userId, seenAfter]),
    ]);
    return { rows, total: totals[0]?.total ?? 0 };
  }

  /** Asked with a random id for unknown accounts, so that the work is the same. */
  async hasSignedInFrom(db: Queryable, userId: string, address: string): Promise<boolean> {
    const rows = await db.query<{ known: boolean }>(
      'session.known-address',
      'SELECT EXISTS (SELECT FROM session WHERE user_id = $1 AND address = $2) AS known',
      [userId, address],
    );
    return rows[0]?.known ?? false;
  }

  /** From where and with what the account signed in lately. */
  async tracesOf(db: Queryable, userId: string): Promise<Trace[]> {
    return db.query<Trace>(
      'session.traces',
      `SELECT address, user_agent AS "userAgent" FROM session WHERE user_id = $1 ORDER BY last_seen_at DESC LIMIT 100`,
      [userId],
    );
  }

  async startOf(db: Queryable, userId: string, sessionId: string): Promise<Date | undefined> {
    const rows = await db.query<{ createdAt: Date }>(
      'session.start',
      'SELECT created_at AS "createdAt" FROM session WHERE user_id = $1 AND id = $2 AND revoked_at IS NULL',
      [userId, sessionId],
    );
    return rows[0]?.createdAt;
  }

  async revokedSince(db: Queryable, since: Date): Promise<{ sessionId: string; revokedAt: Date }[]> {
    return db.query(
      'session.revoked-since',
      'SELECT id AS "sessionId", revoked_at AS "revokedAt" FROM session WHERE revoked_at > $1',
      [since],
    );
  }
}
