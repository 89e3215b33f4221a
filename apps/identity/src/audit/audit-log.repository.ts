import { Inject, Injectable } from '@nestjs/common';
import type { AUDIT_ACTIONS } from '#contracts';
import { type Clock, newId } from '#kernel';
import type { Queryable, Tx } from '#persistence';
import { CLOCK } from '#platform';
import { AuditKey } from './audit-key.js';
import { type AuditFacts, keyedDigest } from './domain/chain.js';

export type AuditAction = (typeof AUDIT_ACTIONS)[number];

export interface Origin {
  clientAddress?: string;
  userAgent?: string;
}

/** What travels with a request and is worth remembering. */
export interface RequestOrigin extends Origin {
  requestId: string;
}

export interface AuditNote {
  action: AuditAction;
  /** Whose history it is; null where nobody is known by that address. */
  userId: string | null;
  /** Who did it, where it was not the person himself. */
  actorId?: string;
  detail?: Record<string, unknown>;
}

export interface AuditFilter {
  userId?: string;
  action?: AuditAction;
}

const FILTER = '($1::uuid IS NULL OR chain = $1) AND ($2::text IS NULL OR action = $2)';

/** Chain of what nobody is known for. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

const COLUMNS = `id, user_id AS "userId", actor_id AS "actorId", action, address, user_agent AS "userAgent", detail,
  occurred_at AS "occurredAt"`;

@Injectable()
export class AuditLogRepository {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly key: AuditKey,
  ) {}

  /** Last statement of a transaction: from here on rows of the same person wait for its commit. */
  async append(tx: Tx, note: AuditNote, origin: Origin): Promise<void> {
    const facts: AuditFacts = {
      id: newId(),
      userId: note.userId,
      actorId: note.actorId ?? note.userId,
      action: note.action,
      address: origin.clientAddress ?? null,
      userAgent: origin.userAgent?.slice(0, 400) ?? null,
      detail: note.detail ?? {},
      occurredAt: this.clock.now(),
    };
    const chain = note.userId ?? NOBODY;
    // A statement of its own: the next one then sees the row of whoever held the lock before.
    await tx.query('audit.lock', `SELECT pg_advisory_xact_lock(hashtextextended('identity.audit:' || $1, 0))`, [chain]);
    // The head is looked at only where retention took all rows: the chain goes on where it was cut.
    await tx.query(
      'audit.append',
      `WITH last AS (SELECT sequence, hash FROM audit_log WHERE chain = $1 ORDER BY sequence DESC LIMIT 1),
            cut AS (SELECT cut_sequence AS sequence, cut_hash AS hash FROM audit_head WHERE tag = $11)
       INSERT INTO audit_log
         (chain, sequence, id, user_id, actor_id, action, address, user_agent, detail, occurred_at, hash, version)
       SELECT $1, coalesce((SELECT sequence FROM last), (SELECT sequence FROM cut), 0) + 1,
              $2, $3, $4, $5, $6, $7, $8, $9,
              sha256(coalesce((SELECT hash FROM last), (SELECT hash FROM cut), ''::bytea) || $10), 2`,
      [
        chain,
        facts.id,
        facts.userId,
        facts.actorId,
        facts.action,
        facts.address,
        facts.userAgent,
        JSON.stringify(facts.detail),
        facts.occurredAt,
        keyedDigest(this.key.value, facts),
        this.key.tagOf(chain),
      ],
    );
  }

  async pageOf(db: Queryable, userId: string, limit: number, offset: number): Promise<AuditFacts[]> {
    return db.query<AuditFacts>(
      'audit.page',
      `SELECT ${COLUMNS} FROM audit_log WHERE chain = $1 ORDER BY sequence DESC LIMIT $2 OFFSET $3`,
      [userId, limit, offset],
    );
  }

  async count(db: Queryable, userId: string): Promise<number> {
    const rows = await db.query<{ total: number }>(
      'audit.count',
      'SELECT count(*)::int AS total FROM audit_log WHERE chain = $1',
      [userId],
    );
    return rows[0]?.total ?? 0;
  }

  /** Over all people, newest first (ids grow with time). */
  async search(db: Queryable, filter: AuditFilter, limit: number, offset: number): Promise<AuditFacts[]> {
    return db.query<AuditFacts>(
      'audit.search',
      `SELECT ${COLUMNS} FROM audit_log WHERE ${FILTER} ORDER BY id DESC LIMIT $3 OFFSET $4`,
      [filter.userId ?? null, filter.action ?? null, limit, offset],
    );
  }

  /** Stops counting at `limit`: the log has no end. */
  async countUpTo(db: Queryable, filter: AuditFilter, limit: number): Promise<number> {
    const rows = await db.query<{ total: number }>(
      'audit.count-up-to',
      `SELECT count(*)::int AS total FROM (SELECT FROM audit_log WHERE ${FILTER} LIMIT $3) AS found`,
      [filter.userId ?? null, filter.action ?? null, limit],
    );
    return rows[0]?.total ?? 0;
  }
}
