import { Injectable } from '@nestjs/common';
import type { Queryable, Tx } from '#persistence';
import type { ChainLink, ChainPlace } from './domain/chain.js';
import type { AuditHead, AuditSeal } from './domain/seal.js';

export interface StoredSeal extends AuditSeal {
  mac: Buffer;
}
export interface StoredHead extends AuditHead {
  mac: Buffer;
}
export interface StoredLink extends ChainLink {
  chain: string;
}
export interface ChainCut extends ChainPlace {
  chain: string;
}

/** A row by its key. */
export interface LogPlace {
  chain: string;
  sequence: number;
}
/** Without a place where a clock that went wrong made the first row the youngest. */
export interface PossibleCut {
  chain: string;
  sequence: number | null;
  hash: Buffer | null;
}

interface HeadRow {
  tag: Buffer;
  sequence: number;
  hash: Buffer;
  cutSequence: number;
  cutHash: Buffer;
  unkeyedThrough: number;
  mac: Buffer;
}

const SEAL = `number::float8 AS number, sealed_at AS "sealedAt", unkeyed_until AS "unkeyedUntil",
  heads::float8 AS heads, sum, mac`;
const HEAD = `tag, sequence::float8 AS sequence, hash, cut_sequence::float8 AS "cutSequence", cut_hash AS "cutHash",
  unkeyed_through::float8 AS "unkeyedThrough", mac`;
const LINK = `l.chain, l.sequence::float8 AS sequence, l.id, l.user_id AS "userId", l.actor_id AS "actorId", l.action,
  l.address, l.user_agent AS "userAgent", l.detail, l.occurred_at AS "occurredAt", l.hash, l.version`;

/** SQL of the seal over the audit log. float8 holds every place exactly, and comes as a number. */
@Injectable()
export class AuditSealRepository {
  async keyOf(db: Queryable): Promise<string | undefined> {
    const [row] = await db.query<{ key: string }>('audit-seal.key', 'SELECT key_sealed AS key FROM audit_seal');
    return row?.key;
  }

  async create(db: Queryable, { seal, mac, keySealed }: { seal: AuditSeal; mac: Buffer; keySealed: string }) {
    await db.query(
      'audit-seal.create',
      `INSERT INTO audit_seal (id, number, sealed_at, unkeyed_until, heads, sum, mac, key_sealed)
       VALUES (1, $1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
      [seal.number, seal.sealedAt, seal.unkeyedUntil, seal.heads, seal.sum, mac, keySealed],
    );
  }

  async find(db: Queryable): Promise<StoredSeal | undefined> {
    const [row] = await db.query<StoredSeal>('audit-seal.find', `SELECT ${SEAL} FROM audit_seal`);
    return row;
  }

  /** Sealing and cutting wait for each other; readers who compare heads with rows (`SHARE`) keep both away. */
  async lock(tx: Tx, mode: 'UPDATE' | 'SHARE'): Promise<StoredSeal | undefined> {
    const [row] = await tx.query<StoredSeal>('audit-seal.lock', `SELECT ${SEAL} FROM audit_seal FOR ${mode}`);
    return row;
  }

  async store(tx: Tx, { number, sealedAt, heads, sum, mac }: StoredSeal): Promise<void> {
    await tx.query(
      'audit-seal.store',
      'UPDATE audit_seal SET number = $1, sealed_at = $2, heads = $3, sum = $4, mac = $5',
      [number, sealedAt, heads, sum, mac],
    );
  }

  async headsOf(db: Queryable, tags: readonly Buffer[]): Promise<StoredHead[]> {
    const rows = await db.query<HeadRow>('audit-head.of', `SELECT ${HEAD} FROM audit_head WHERE tag = ANY ($1)`, [
      tags,
    ]);
    return rows.map(toHead);
  }

  /** All of them by pages, in the order of their tags. */
  async headsAfter(db: Queryable, tag: Buffer, limit: number): Promise<StoredHead[]> {
    const rows = await db.query<HeadRow>(
      'audit-head.after',
      `SELECT ${HEAD} FROM audit_head WHERE tag > $1 ORDER BY tag LIMIT $2`,
      [tag, limit],
    );
    return rows.map(toHead);
  }

  async putHeads(tx: Tx, heads: readonly StoredHead[]): Promise<void> {
    await tx.query(
      'audit-head.put',
      `INSERT INTO audit_head (tag, sequence, hash, cut_sequence, cut_hash, unkeyed_through, mac)
       SELECT * FROM unnest($1::bytea[], $2::bigint[], $3::bytea[], $4::bigint[], $5::bytea[], $6::bigint[], $7::bytea[])
       ON CONFLICT (tag) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash,
         cut_sequence = excluded.cut_sequence, cut_hash = excluded.cut_hash,
         unkeyed_through = excluded.unkeyed_through, mac = excluded.mac`,
      [
        heads.map(({ tag }) => tag),
        heads.map(({ sequence }) => sequence),
        heads.map(({ hash }) => hash),
        heads.map(({ cut }) => cut.sequence),
        heads.map(({ cut }) => cut.hash),
        heads.map(({ unkeyedThrough }) => unkeyedThrough),
        heads.map(({ mac }) => mac),
      ],
    );
  }

  async removeHeads(tx: Tx, tags: readonly Buffer[]): Promise<void> {
    await tx.query('audit-head.remove', 'DELETE FROM audit_head WHERE tag = ANY ($1)', [tags]);
  }

  async chainsSince(db: Queryable, since: Date | null): Promise<string[]> {
    const rows = await db.query<{ chain: string }>(
      'audit.chains-since',
      'SELECT DISTINCT chain FROM audit_log WHERE $1::timestamptz IS NULL OR occurred_at >= $1',
      [since],
    );
    return rows.map(({ chain }) => chain);
  }

  /** The next rows of one chain, in their order. */
  async linksOf(db: Queryable, chain: string, from: number, limit: number): Promise<StoredLink[]> {
    return db.query(
      'audit.links',
      `SELECT ${LINK} FROM audit_log l WHERE l.chain = $1 AND l.sequence >= $2 ORDER BY l.sequence LIMIT $3`,
      [chain, from, limit],
    );
  }

  /** The next rows over all chains, in the order of the primary key. */
  async linksAfter(db: Queryable, { chain, sequence }: LogPlace, limit: number): Promise<StoredLink[]> {
    return db.query(
      'audit.links-after',
      `SELECT ${LINK} FROM audit_log l WHERE (l.chain, l.sequence) > ($1, $2) ORDER BY l.chain, l.sequence LIMIT $3`,
      [chain, sequence, limit],
    );
  }

  /** Where the next chains can be cut: their last row before the first one that is young enough to stay. */
  async cutsBefore(db: Queryable, before: Date, after: string | null, limit: number): Promise<PossibleCut[]> {
    return db.query(
      'audit.cuts',
      `SELECT c.chain, l.sequence::float8 AS sequence, l.hash
       FROM (SELECT DISTINCT chain FROM audit_log WHERE occurred_at < $1 AND ($2::uuid IS NULL OR chain > $2)
             ORDER BY chain LIMIT $3) AS c
       CROSS JOIN LATERAL (
         SELECT min(sequence) AS sequence FROM audit_log WHERE chain = c.chain AND occurred_at >= $1) AS young
       LEFT JOIN LATERAL (
         SELECT sequence, hash FROM audit_log
         WHERE chain = c.chain AND sequence < coalesce(young.sequence, 9223372036854775807)
         ORDER BY sequence DESC LIMIT 1) AS l ON true
       ORDER BY c.chain`,
      [before, after, limit],
    );
  }

  /** Answers how many rows went. */
  async cut(tx: Tx, cuts: readonly ChainCut[]): Promise<number> {
    const [row] = await tx.query<{ removed: number }>(
      'audit.cut',
      'SELECT cut_audit_log($1::uuid[], $2::bigint[]) AS removed',
      [cuts.map(({ chain }) => chain), cuts.map(({ sequence }) => sequence)],
    );
    return row?.removed ?? 0;
  }

  /** Those whose history went with them, or is about to. */
  async erasedPeople(db: Queryable): Promise<string[]> {
    const rows = await db.query<{ userId: string }>(
      'audit.erased-people',
      `SELECT e.user_id AS "userId" FROM erasure e WHERE e.status IN ('running', 'completed')
         AND NOT EXISTS (SELECT FROM account a WHERE a.id = e.user_id)`,
    );
    return rows.map(({ userId }) => userId);
  }
}

const toHead = ({ cutSequence, cutHash, ...row }: HeadRow): StoredHead => ({
  ...row,
  cut: { sequence: cutSequence, hash: cutHash },
});
