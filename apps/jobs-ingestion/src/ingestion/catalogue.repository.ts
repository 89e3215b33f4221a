import { Injectable } from '@nestjs/common';
import type { Tx } from '#persistence';
import type { BatchPlan, Candidate, IncomingPosting, KnownSighting } from './domain/plan-batch.js';
import { postingRow, type PostingWords, SOURCE_COLUMNS } from './posting-row.js';
import { candidateOf, type CandidateRow } from './stored-candidate.js';

/** Any number that is ours. */
const INGESTION_LOCK = '7161117073213055901';
/** Postings compared per blocking key, newest first: a key that thousands share tells nothing. */
const CANDIDATES_PER_BLOCK = 12;
/** Openings older than this are not what a new posting repeats. */
const LOOK_BACK_DAYS = 90;

const columns = Object.keys(SOURCE_COLUMNS).join(', ');
const recordset = Object.entries(SOURCE_COLUMNS)
  .map(([name, type]) => `${name} ${type}`)
  .join(', ');

/** Statements of ingestion. Each takes a whole batch as one JSON parameter: cheap to make, one round trip. */
@Injectable()
export class CatalogueRepository {
  /**
   * One batch is decided and written at a time, over all replicas: two that do not see each other's rows would both
   * insert the same opening. Fetching and reading texts, which is most of the work, is done before, in parallel.
   * Never waits: a statement that stands in line for a slow peer runs into the statement timeout.
   */
  async tryLock(tx: Tx): Promise<boolean> {
    const [row] = await tx.query<{ ours: boolean }>(
      'ingestion.lock',
      'SELECT pg_try_advisory_xact_lock($1::bigint) AS ours',
      [INGESTION_LOCK],
    );
    return row?.ours === true;
  }

  async knownSightings(tx: Tx, batch: readonly IncomingPosting[]): Promise<KnownSighting[]> {
    return tx.query<KnownSighting>(
      'ingestion.known-sightings',
      `SELECT s.source, s.source_id AS "sourceId", s.posting_id AS "postingId", s.content_hash AS "contentHash",
              -- What an employer says for his own company stands before what any source says.
              s.layer = 'first' AND NOT EXISTS (
                SELECT FROM employer_posting e
                WHERE e.posting_id = s.posting_id AND e.withdrawn_at IS NULL AND e.speaks AND e.confirmed) AS "isFirst",
              s.last_run_id AS "lastRunId"
       FROM unnest($1::text[], $2::text[]) AS i(source, source_id)
       JOIN sighting s ON s.source = i.source AND s.source_id = i.source_id`,
      [batch.map(({ posting }) => posting.source), batch.map(({ posting }) => posting.sourceId)],
    );
  }

  /**
   * Everything the batch could repeat, in one statement. OFFSET 0 and LATERAL keep the three look-ups on their own
   * indexes; an OR over them would scan.
   */
  async candidates(tx: Tx, batch: readonly IncomingPosting[]): Promise<Candidate[]> {
    if (batch.length === 0) return [];
    const urls = batch.flatMap(({ posting }) => (posting.canonicalUrl === null ? [] : [posting.canonicalUrl]));
    const rows = await tx.query<CandidateRow>(
      'ingestion.duplicate-candidates',
      `WITH found AS (
         SELECT s.posting_id AS id FROM unnest($1::text[]) u(url) CROSS JOIN LATERAL (
           SELECT posting_id FROM sighting WHERE canonical_url = u.url
           ORDER BY posting_id DESC LIMIT ${CANDIDATES_PER_BLOCK}) s
         UNION
         SELECT p.id FROM unnest($2::text[]) f(fingerprint) CROSS JOIN LATERAL (
           SELECT id FROM posting WHERE fingerprint = f.fingerprint ORDER BY id DESC LIMIT ${CANDIDATES_PER_BLOCK}) p
         UNION
         SELECT b.posting_id FROM unnest($3::text[]) k(block) CROSS JOIN LATERAL (
           SELECT posting_id FROM posting_block WHERE block = k.block
           ORDER BY posting_id DESC LIMIT ${CANDIDATES_PER_BLOCK}) b)
       SELECT p.id, p.source, p.title, p.company, p.location, p.stated_country, p.fingerprint,
              p.description_text, array(SELECT block FROM posting_block b WHERE b.posting_id = p.id) AS blocks,
              array(SELECT DISTINCT canonical_url FROM sighting s
                    WHERE s.posting_id = p.id AND s.canonical_url IS NOT NULL) AS canonical_urls
       FROM found JOIN posting p ON p.id = found.id
       WHERE (p.listed_at > now() - interval '${LOOK_BACK_DAYS} days' OR p.closed_at IS NULL)
         -- Its words were taken back: nothing new is an edition of them.
         AND p.close_reason IS DISTINCT FROM 'withdrawn'`,
      [
        [...new Set(urls)],
        [...new Set(batch.map(({ posting }) => posting.fingerprint))],
        [...new Set(batch.flatMap(({ posting }) => posting.blockingKeys))],
      ],
    );
    return rows.map(candidateOf);
  }

  async insertPostings(tx: Tx, created: BatchPlan['created'], now: string): Promise<void> {
    if (created.length === 0) return;
    const rows = created.map(({ id, incoming: { posting } }) => ({
      id,
      source: posting.source,
      // A date in the future is a mistake of the source, and would stay on top for ever.
      posted_at: posting.postedAt !== null && posting.postedAt > now ? now : posting.postedAt,
      ...postingRow(posting),
    }));
    await tx.query(
      'ingestion.insert-postings',
      `INSERT INTO posting (id, source, posted_at, ${columns}, first_seen_at, updated_at)
       SELECT r.id, r.source, r.posted_at, ${columns}, $2::timestamptz, $2::timestamptz
       FROM json_to_recordset($1::json) AS r(id uuid, source text, posted_at timestamptz, ${recordset})`,
      [JSON.stringify(rows), now],
    );
    await this.insertBlocks(
      tx,
      created.map(({ id, incoming: { posting } }) => ({ id, blocks: posting.blockingKeys })),
    );
  }

  async insertBlocks(tx: Tx, keyed: readonly { id: string; blocks: readonly string[] }[]): Promise<void> {
    await tx.query(
      'ingestion.insert-blocks',
      `INSERT INTO posting_block (block, posting_id)
       SELECT DISTINCT block, posting_id FROM unnest($1::text[], $2::uuid[]) AS r(block, posting_id)`,
      [keyed.flatMap(({ blocks }) => blocks), keyed.flatMap(({ id, blocks }) => blocks.map(() => id))],
    );
  }

  async replaceBlocks(tx: Tx, keyed: readonly { id: string; blocks: readonly string[] }[]): Promise<void> {
    await tx.query('ingestion.drop-blocks', 'DELETE FROM posting_block WHERE posting_id = ANY ($1::uuid[])', [
      keyed.map(({ id }) => id),
    ]);
    await this.insertBlocks(tx, keyed);
  }

  async insertSightings(tx: Tx, plan: BatchPlan, runId: string | null, now: string): Promise<void> {
    const rows = [
      ...plan.created.map(({ incoming, id }) => ({
        incoming,
        posting_id: id,
        layer: 'first',
        score: null,
        evidence: null,
      })),
      ...plan.duplicates.map(({ incoming, postingId, layer, decision }) => ({
        incoming,
        posting_id: postingId,
        layer,
        score: decision.score,
        evidence: decision.evidence,
      })),
    ].map(({ incoming: { posting, contentHash }, ...rest }) => ({
      ...rest,
      source: posting.source,
      source_id: posting.sourceId,
      board: posting.board,
      url: posting.listingUrl ?? posting.applyUrl,
      canonical_url: posting.canonicalUrl,
      content_hash: contentHash,
    }));
    if (rows.length === 0) return;
    await tx.query(
      'ingestion.insert-sightings',
      `INSERT INTO sighting (source, source_id, board, posting_id, url, canonical_url, content_hash, first_seen_at, last_seen_at,
                             last_run_id, layer, score, evidence)
       SELECT r.source, r.source_id, r.board, r.posting_id, r.url, r.canonical_url, r.content_hash, $2::timestamptz,
              $2::timestamptz, $3::uuid, r.layer, r.score, r.evidence
       FROM json_to_recordset($1::json) AS r(source text, source_id text, board text, posting_id uuid, url text,
                                             canonical_url text, content_hash text, layer text, score real, evidence jsonb)`,
      [JSON.stringify(rows), now, runId],
    );
  }

  /** All that were seen again; what had been closed meanwhile is open again. Answers the re-opened postings. */
  async touchSightings(
    tx: Tx,
    seen: readonly { sighting: KnownSighting; incoming: IncomingPosting }[],
    runId: string | null,
    now: string,
  ): Promise<string[]> {
    if (seen.length === 0) return [];
    await tx.query(
      'ingestion.touch-sightings',
      `UPDATE sighting s
       SET last_seen_at = $4::timestamptz, last_run_id = coalesce($5::uuid, s.last_run_id), content_hash = i.content_hash,
           board = coalesce(i.board, s.board), gone_at = NULL
       FROM unnest($1::text[], $2::text[], $3::text[], $6::text[]) AS i(source, source_id, content_hash, board)
       WHERE s.source = i.source AND s.source_id = i.source_id`,
      [
        seen.map(({ sighting }) => sighting.source),
        seen.map(({ sighting }) => sighting.sourceId),
        seen.map(({ incoming }) => incoming.contentHash),
        now,
        runId,
        seen.map(({ incoming }) => incoming.posting.board),
      ],
    );
    const reopened = await tx.query<{ id: string }>(
      'ingestion.reopen-postings',
      `UPDATE posting SET closed_at = NULL, close_reason = NULL, updated_at = $2::timestamptz, version = version + 1
       WHERE id = ANY ($1::uuid[]) AND closed_at IS NOT NULL AND coalesce(expires_at > $2::timestamptz, true)
         AND close_reason NOT IN ('admin', 'withdrawn')
       RETURNING id`,
      [[...new Set(seen.map(({ sighting }) => sighting.postingId))], now],
    );
    return reopened.map(({ id }) => id);
  }

  /** Writes the new content and answers, per posting, which columns readers care about did change. */
  async updatePostings(
    tx: Tx,
    changed: readonly { id: string; words: PostingWords }[],
    now: string,
  ): Promise<{ id: string; changed: string[] }[]> {
    if (changed.length === 0) return [];
    const rows = changed.map(({ id, words }) => ({ id, ...words }));
    return tx.query<{ id: string; changed: string[] }>(
      'ingestion.update-postings',
      `WITH incoming AS (SELECT * FROM json_to_recordset($1::json) AS r(id uuid, source text, ${recordset})),
       old AS (SELECT p.* FROM posting p JOIN incoming i ON i.id = p.id),
       updated AS (
         UPDATE posting p SET (source, ${columns}, updated_at, version) =
           ROW (i.source, ${Object.keys(SOURCE_COLUMNS)
             .map((name) => `i.${name}`)
             .join(', ')}, $2::timestamptz, p.version + 1)
         FROM incoming i WHERE i.id = p.id RETURNING p.id)
       SELECT i.id, array_remove(ARRAY[
           CASE WHEN o.title IS DISTINCT FROM i.title THEN 'title' END,
           CASE WHEN o.company IS DISTINCT FROM i.company THEN 'company' END,
           CASE WHEN o.location IS DISTINCT FROM i.location OR o.remote_mode IS DISTINCT FROM i.remote_mode THEN 'location' END,
           CASE WHEN (o.salary_min, o.salary_max, o.salary_currency, o.salary_period) IS DISTINCT FROM
                     (i.salary_min, i.salary_max, i.salary_currency, i.salary_period) THEN 'salary' END,
           CASE WHEN o.description_text IS DISTINCT FROM i.description_text THEN 'description' END,
           CASE WHEN o.visa_verdict IS DISTINCT FROM i.visa_verdict THEN 'visa' END,
           CASE WHEN o.skills IS DISTINCT FROM i.skills THEN 'skills' END,
           CASE WHEN o.apply_url IS DISTINCT FROM i.apply_url THEN 'url' END,
           CASE WHEN o.expires_at IS DISTINCT FROM i.expires_at THEN 'expiry' END], NULL) AS changed
       FROM incoming i JOIN old o ON o.id = i.id JOIN updated u ON u.id = i.id`,
      [JSON.stringify(rows), now],
    );
  }
}
