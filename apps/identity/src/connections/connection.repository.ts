import { Injectable } from '@nestjs/common';
import type { SectionVisibility } from '#contracts';
import { newId } from '#kernel';
import type { Queryable, Tx } from '#persistence';
import { COUNTED, type CursorWindow } from '../cursor.js';
import type { CardFacts } from '../public-profile/domain/shown.js';
import type { Pair, PairStatus } from './domain/pair.js';

export interface ConnectionRow extends Pair {
  id: string;
  lowId: string;
  highId: string;
  createdAt: Date;
  updatedAt: Date;
}

/** A connection as one of the two sees it, with the other one's card. */
export interface SeenConnection {
  connection: ConnectionRow;
  person: CardFacts;
}

export interface ConnectionFilter {
  status?: PairStatus;
  direction?: 'sent' | 'received';
}

const COLUMNS = `c.id, c.low_id AS "lowId", c.high_id AS "highId", c.status, c.requester_id AS "requester",
  c.blocked_by AS "blockedBy", c.rejected_by AS "rejectedBy", c.rejected_at AS "rejectedAt",
  c.created_at AS "createdAt", c.updated_at AS "updatedAt"`;

/** $1 is who looks. What ended, what was blocked by the other side, and blocked accounts are not there. */
const SEEN = `FROM connection c
  JOIN account o ON o.id = CASE WHEN c.low_id = $1 THEN c.high_id ELSE c.low_id END
  JOIN profile f ON f.user_id = o.id
  LEFT JOIN public_profile pp ON pp.user_id = o.id
  LEFT JOIN avatar v ON v.user_id = o.id
  WHERE (c.low_id = $1 OR c.high_id = $1) AND o.blocked_at IS NULL
    AND c.status <> 'none' AND (c.status <> 'blocked' OR c.blocked_by = $1)`;
const FILTERED = `${SEEN} AND ($2::text IS NULL OR c.status = $2)
    AND ($3::text IS NULL OR (c.requester_id = $1) = ($3 = 'sent'))`;

type StoredSeen = ConnectionRow & {
  userId: string;
  slug: string | null;
  fullName: string;
  avatarId: string | null;
  visibility: Partial<SectionVisibility> | null;
  headline: string | null;
  currentRole: string | null;
};
const CARD = `o.id AS "userId", pp.slug, o.full_name AS "fullName", v.id AS "avatarId", pp.visibility,
  f.facts ->> 'headline' AS headline, f.facts ->> 'current_role' AS "currentRole"`;

/** One row per two people, whoever asked: two requests at once meet in it. */
@Injectable()
export class ConnectionRepository {
  async find(db: Queryable, one: string, other: string): Promise<ConnectionRow | undefined> {
    const rows = await db.query<ConnectionRow>(
      'connection.find',
      `SELECT ${COLUMNS} FROM connection c WHERE c.low_id = least($1::uuid, $2::uuid) AND c.high_id = greatest($1::uuid, $2::uuid)`,
      [one, other],
    );
    return rows[0];
  }

  /** Whoever writes to the other one meanwhile waits; strangers get a row to wait for. */
  async lockPair(tx: Tx, one: string, other: string, now: Date): Promise<ConnectionRow | undefined> {
    await tx.query(
      'connection.begin',
      `INSERT INTO connection (id, low_id, high_id, status, created_at, updated_at)
       VALUES ($3, least($1::uuid, $2::uuid), greatest($1::uuid, $2::uuid), 'none', $4, $4)
       ON CONFLICT ON CONSTRAINT connection_pair DO NOTHING`,
      [one, other, newId(), now],
    );
    const rows = await tx.query<ConnectionRow>(
      'connection.lock-pair',
      `SELECT ${COLUMNS} FROM connection c
       WHERE c.low_id = least($1::uuid, $2::uuid) AND c.high_id = greatest($1::uuid, $2::uuid) FOR NO KEY UPDATE`,
      [one, other],
    );
    return rows[0];
  }

  /** The pair as it stays until the transaction ends; others may hold it, too, but nobody changes it meanwhile. */
  async hold(tx: Tx, one: string, other: string): Promise<ConnectionRow | undefined> {
    const rows = await tx.query<ConnectionRow>(
      'connection.hold',
      `SELECT ${COLUMNS} FROM connection c
       WHERE c.low_id = least($1::uuid, $2::uuid) AND c.high_id = greatest($1::uuid, $2::uuid) FOR SHARE`,
      [one, other],
    );
    return rows[0];
  }

  async lock(tx: Tx, person: string, id: string): Promise<ConnectionRow | undefined> {
    const rows = await tx.query<ConnectionRow>(
      'connection.lock',
      `SELECT ${COLUMNS} FROM connection c WHERE c.id = $2 AND (c.low_id = $1 OR c.high_id = $1) FOR NO KEY UPDATE`,
      [person, id],
    );
    return rows[0];
  }

  async store(tx: Tx, id: string, pair: Pair, now: Date): Promise<void> {
    await tx.query(
      'connection.store',
      `UPDATE connection SET status = $2, requester_id = $3, blocked_by = $4, rejected_by = $5, rejected_at = $6,
         updated_at = $7
       WHERE id = $1`,
      [id, pair.status, pair.requester, pair.blockedBy, pair.rejectedBy, pair.rejectedAt, now],
    );
  }

  async seen(db: Queryable, viewer: string, id: string): Promise<SeenConnection | undefined> {
    const rows = await db.query<StoredSeen>('connection.seen', `SELECT ${COLUMNS}, ${CARD} ${SEEN} AND c.id = $2`, [
      viewer,
      id,
    ]);
    return rows.map(toSeen)[0];
  }

  async page(
    db: Queryable,
    viewer: string,
    { status, direction }: ConnectionFilter,
    { after, limit, offset }: CursorWindow,
  ): Promise<SeenConnection[]> {
    const rows = await db.query<StoredSeen>(
      'connection.page',
      `SELECT ${COLUMNS}, ${CARD} ${FILTERED} AND ($4::uuid IS NULL OR c.id < $4)
       ORDER BY c.id DESC LIMIT $5 OFFSET $6`,
      [viewer, status ?? null, direction ?? null, after, limit + 1, offset],
    );
    return rows.map(toSeen);
  }

  async count(db: Queryable, viewer: string, { status, direction }: ConnectionFilter): Promise<number> {
    const rows = await db.query<{ count: number }>(
      'connection.count',
      `SELECT count(*)::int AS count FROM (SELECT 1 ${FILTERED} LIMIT ${COUNTED + 1}) AS counted`,
      [viewer, status ?? null, direction ?? null],
    );
    return rows[0]?.count ?? 0;
  }
}

function toSeen({ userId, slug, fullName, avatarId, visibility, headline, currentRole, ...connection }: StoredSeen) {
  const person = { userId, slug, fullName, avatarId, visibility: visibility ?? {}, headline, currentRole };
  return { connection, person };
}
