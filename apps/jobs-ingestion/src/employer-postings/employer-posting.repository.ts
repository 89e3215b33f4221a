import { Injectable } from '@nestjs/common';
import { CUSTOM_SOURCE, type JobDetail, type PostingFacts, type Static } from '#contracts';
import type { Queryable, Tx } from '#persistence';
import { SPEAKS_FOR_DAYS } from '../ingestion/closing.service.js';
import type { IncomingPosting } from '../ingestion/domain/plan-batch.js';
import { type PostingWords, SOURCE_COLUMNS } from '../ingestion/posting-row.js';
import { POSTING_DETAIL } from '../search/queries/posting-detail.js';
import type { Statement } from './domain/statement.js';

export interface Opening {
  postingId: string;
  companyKey: string;
  source: string;
  version: number;
  isOpen: boolean;
}

/** A posting an opening may be one with. */
export interface Met {
  postingId: string;
  isOpen: boolean;
  /** Whoever asks published it himself. */
  isMine: boolean;
  /** Its words are an employer's. */
  isSpokenFor: boolean;
}

/** What an employer says of an opening until he withdraws it. */
export interface Standing {
  id: string;
  postingId: string;
  ownerId: string;
  statement: Statement;
  confirmed: boolean;
  /** The posting has these words. */
  speaks: boolean;
  /** The source's words it took the place of. */
  replaced: Replaced | null;
}

export interface Replaced {
  words: PostingWords;
  /** Keys by which duplicates of these words are found. */
  blocks: string[];
}

const STANDING = `SELECT e.id, e.posting_id AS "postingId", e.owner_id AS "ownerId", e.statement, e.confirmed, e.speaks,
    e.replaced
  FROM employer_posting e JOIN posting p ON p.id = e.posting_id WHERE e.withdrawn_at IS NULL`;

/** Some source still lists the opening `p`. $2: now. By the same rule as the closing of what is gone. */
const LISTED_ELSEWHERE = `EXISTS (
  SELECT 1 FROM sighting s WHERE s.posting_id = p.id AND s.source <> '${CUSTOM_SOURCE}' AND s.gone_at IS NULL
    AND (s.board IS NOT NULL OR s.last_seen_at > $2::timestamptz - interval '${SPEAKS_FOR_DAYS} days'))`;

/** The words of `e` have only been waiting for those of a source, which is not read as their origin yet. $2: now. */
const WAITS_FOR_SOURCE = `${LISTED_ELSEWHERE} AND NOT EXISTS (
  SELECT 1 FROM sighting s WHERE s.posting_id = p.id AND s.source <> '${CUSTOM_SOURCE}' AND s.layer = 'first')`;

@Injectable()
export class EmployerPostingRepository {
  async lock(tx: Tx, postingId: string): Promise<Opening | undefined> {
    const [opening] = await tx.query<Opening>(
      'employer-postings.lock',
      `SELECT id AS "postingId", company_key AS "companyKey", source, version, closed_at IS NULL AS "isOpen"
       FROM posting WHERE id = $1::uuid FOR UPDATE`,
      [postingId],
    );
    return opening;
  }

  /** What is said of it, first whoever has the words. Called with the posting locked. */
  standings(tx: Tx, postingId: string): Promise<Standing[]> {
    const sql = `${STANDING} AND p.id = $1::uuid ORDER BY e.speaks DESC, e.id`;
    return tx.query<Standing>('employer-postings.standings', sql, [postingId]);
  }

  async meet(tx: Tx, postingIds: readonly string[], ownerId: string): Promise<Met[]> {
    if (postingIds.length === 0) return [];
    return tx.query<Met>(
      'employer-postings.meet',
      `SELECT p.id AS "postingId", p.closed_at IS NULL AS "isOpen",
         coalesce(bool_or(e.owner_id = $2::uuid), false) AS "isMine", coalesce(bool_or(e.speaks), false) AS "isSpokenFor"
       FROM posting p LEFT JOIN employer_posting e ON e.posting_id = p.id AND e.withdrawn_at IS NULL
       WHERE p.id = ANY ($1::uuid[]) GROUP BY p.id`,
      [postingIds, ownerId],
    );
  }

  ofOwner(tx: Tx, ownerId: string): Promise<Standing[]> {
    const sql = `${STANDING} AND e.owner_id = $1::uuid ORDER BY p.id FOR UPDATE OF p`;
    return tx.query<Standing>('employer-postings.of-owner', sql, [ownerId]);
  }

  /** Run out, while the opening goes on without them. */
  async lapsed(db: Queryable, now: Date): Promise<{ id: string; postingId: string }[]> {
    return db.query<{ id: string; postingId: string }>(
      'employer-postings.lapsed',
      `SELECT e.id, p.id AS "postingId" FROM employer_posting e JOIN posting p ON p.id = e.posting_id
       WHERE e.withdrawn_at IS NULL AND (e.statement ->> 'expires_at')::timestamptz <= $1::timestamptz
         AND (NOT e.speaks OR ${LISTED_ELSEWHERE.replace('$2', '$1')})`,
      [now],
    );
  }

  /** Postings with the words of somebody who is not confirmed, though a source has others. */
  async usurped(db: Queryable, now: Date): Promise<string[]> {
    const rows = await db.query<{ id: string }>(
      'employer-postings.usurped',
      `SELECT p.id FROM employer_posting e JOIN posting p ON p.id = e.posting_id
       WHERE e.withdrawn_at IS NULL AND e.speaks AND NOT e.confirmed
         AND (e.replaced IS NOT NULL OR ${WAITS_FOR_SOURCE.replace('$2', '$1')})`,
      [now],
    );
    return rows.map(({ id }) => id);
  }

  async waitsForSource(tx: Tx, postingId: string, now: Date): Promise<boolean> {
    const [row] = await tx.query<{ waits: boolean }>(
      'employer-postings.waits-for-source',
      `SELECT ${WAITS_FOR_SOURCE} AS waits FROM posting p WHERE p.id = $1::uuid`,
      [postingId, now],
    );
    return row?.waits === true;
  }

  async confirm(tx: Tx, judged: readonly { id: string; confirmed: boolean }[]): Promise<void> {
    await tx.query(
      'employer-postings.confirm',
      `UPDATE employer_posting e SET confirmed = i.confirmed
       FROM unnest($1::uuid[], $2::boolean[]) AS i(id, confirmed) WHERE e.id = i.id`,
      [judged.map(({ id }) => id), judged.map(({ confirmed }) => confirmed)],
    );
  }

  async stepBack(tx: Tx, id: string): Promise<void> {
    const sql = 'UPDATE employer_posting SET speaks = false, replaced = NULL WHERE id = $1::uuid';
    await tx.query('employer-postings.step-back', sql, [id]);
  }

  /** For what readers see of it besides its words. */
  async touch(tx: Tx, postingId: string, now: Date): Promise<void> {
    const sql = 'UPDATE posting SET updated_at = $2, version = version + 1 WHERE id = $1::uuid';
    await tx.query('employer-postings.touch', sql, [postingId, now]);
  }

  async countOf(tx: Tx, ownerId: string): Promise<number> {
    const [row] = await tx.query<{ n: number }>(
      'employer-postings.count',
      'SELECT count(*)::int AS n FROM employer_posting WHERE owner_id = $1::uuid AND withdrawn_at IS NULL',
      [ownerId],
    );
    return row?.n ?? 0;
  }

  async insert(tx: Tx, standing: Omit<Standing, 'replaced'>, now: Date): Promise<void> {
    await tx.query(
      'employer-postings.insert',
      `INSERT INTO employer_posting (id, posting_id, owner_id, statement, confirmed, speaks, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $7)`,
      [
        standing.id,
        standing.postingId,
        standing.ownerId,
        JSON.stringify(standing.statement),
        standing.confirmed,
        standing.speaks,
        now,
      ],
    );
  }

  /** Keeps the words the posting has now, to give them back: from here on it has those of this employer. */
  async keepReplaced(tx: Tx, { id, postingId }: { id: string; postingId: string }): Promise<Replaced | null> {
    const columns = ['source', ...Object.keys(SOURCE_COLUMNS)].join(', ');
    const [row] = await tx.query<{ replaced: Replaced }>(
      'employer-postings.keep-replaced',
      `UPDATE employer_posting SET speaks = true, replaced = jsonb_build_object(
         'words', (SELECT to_jsonb(w) FROM (SELECT ${columns} FROM posting WHERE id = $2::uuid) w),
         'blocks', to_jsonb(ARRAY(SELECT block FROM posting_block WHERE posting_id = $2::uuid)))
       WHERE id = $1::uuid RETURNING replaced`,
      [id, postingId],
    );
    return row?.replaced ?? null;
  }

  async change(tx: Tx, { id }: Standing, statement: Statement, incoming: IncomingPosting, now: Date) {
    await tx.query(
      'employer-postings.change',
      'UPDATE employer_posting SET statement = $2, updated_at = $3 WHERE id = $1::uuid',
      [id, JSON.stringify(statement), now],
    );
    const { posting, contentHash } = incoming;
    await tx.query(
      'employer-postings.touch-sighting',
      `UPDATE sighting SET url = $3, canonical_url = $4, content_hash = $5, last_seen_at = $6
       WHERE source = $1 AND source_id = $2`,
      [CUSTOM_SOURCE, id, posting.applyUrl, posting.canonicalUrl, contentHash, now],
    );
  }

  /** Open again after it had run out. Answers whether it was closed. */
  async reopen(tx: Tx, postingId: string, now: Date): Promise<boolean> {
    const rows = await tx.query(
      'employer-postings.reopen',
      `UPDATE posting SET closed_at = NULL, close_reason = NULL, updated_at = $2
       WHERE id = $1::uuid AND closed_at IS NOT NULL RETURNING id`,
      [postingId, now],
    );
    return rows.length > 0;
  }

  async isListedElsewhere(tx: Tx, postingId: string, now: Date): Promise<boolean> {
    const [row] = await tx.query<{ listed: boolean }>(
      'employer-postings.listed-elsewhere',
      `SELECT ${LISTED_ELSEWHERE} AS listed FROM posting p WHERE p.id = $1::uuid`,
      [postingId, now],
    );
    return row?.listed === true;
  }

  /** Answers false where it was closed before. */
  async close(tx: Tx, postingId: string, reason: 'gone' | 'withdrawn', now: Date): Promise<boolean> {
    const [row] = await tx.query<{ wasOpen: boolean }>(
      'employer-postings.close',
      `UPDATE posting p SET closed_at = coalesce(p.closed_at, $3), close_reason = $2, updated_at = $3,
         version = p.version + 1, expires_at = CASE WHEN $2 = 'gone' THEN NULL ELSE p.expires_at END
       FROM (SELECT id, closed_at IS NULL AS was_open FROM posting WHERE id = $1::uuid) old
       WHERE p.id = old.id RETURNING old.was_open AS "wasOpen"`,
      [postingId, reason, now],
    );
    return row?.wasOpen === true;
  }

  async markWithdrawn(tx: Tx, id: string, now: Date): Promise<void> {
    await tx.query('employer-postings.withdraw', 'UPDATE employer_posting SET withdrawn_at = $2 WHERE id = $1', [
      id,
      now,
    ]);
    await tx.query(
      'employer-postings.sighting-gone',
      'UPDATE sighting SET gone_at = $3 WHERE source = $1 AND source_id = $2',
      [CUSTOM_SOURCE, id, now],
    );
  }

  /** As if it had never been said: the opening belongs to its sources alone. */
  async forget(tx: Tx, id: string): Promise<void> {
    await tx.query('employer-postings.forget', 'DELETE FROM employer_posting WHERE id = $1', [id]);
    await this.forgetSighting(tx, id);
  }

  async forgetSighting(tx: Tx, id: string): Promise<void> {
    await tx.query('employer-postings.forget-sighting', 'DELETE FROM sighting WHERE source = $1 AND source_id = $2', [
      CUSTOM_SOURCE,
      id,
    ]);
  }

  /** What events tell about a posting, of the words it has now. */
  async facts(tx: Tx, postingId: string): Promise<Static<typeof PostingFacts>> {
    const [row] = await tx.query<{ facts: Static<typeof PostingFacts> }>(
      'employer-postings.facts',
      `SELECT json_build_object('posting_id', id, 'title', title, 'company', company, 'country', country,
         'source', source, 'visa', visa_verdict, 'skills', skills[1:60]) AS facts
       FROM posting WHERE id = $1::uuid`,
      [postingId],
    );
    if (row === undefined) throw new Error(`posting ${postingId} is gone within its own transaction`);
    return row.facts;
  }

  async detail(tx: Tx, postingId: string, readerId: string): Promise<JobDetail> {
    const sql = `SELECT d.json::json AS detail FROM (${POSTING_DETAIL}) d`;
    const [row] = await tx.query<{ detail: JobDetail }>('employer-postings.detail', sql, [postingId, readerId]);
    if (row === undefined) throw new Error(`posting ${postingId} is gone within its own transaction`);
    return row.detail;
  }
}
