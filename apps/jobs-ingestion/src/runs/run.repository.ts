import { Injectable } from '@nestjs/common';
import type { ScrapeRun, ScrapeSourceFinishedV1, Static } from '#contracts';
import type { Queryable, Tx } from '#persistence';
import { COUNT_NAMES, type Counts } from '../ingestion/counts.js';

export type RunTrigger = ScrapeRun['trigger'];
export type Outcome = Static<typeof ScrapeSourceFinishedV1.data>['outcome'];

const sums = COUNT_NAMES.map((name) => `'${name}', coalesce(sum(r.${name}), 0)`).join(', ');
const own = COUNT_NAMES.map((name) => `'${name}', r.${name}`).join(', ');

/** A run with its sources as JSON, over `scrape_run u`. */
const RUN_JSON = `json_build_object(
  'id', u.id, 'status', CASE WHEN u.finished_at IS NULL THEN 'running' ELSE 'finished' END, 'trigger', u.trigger,
  'started_at', iso(u.started_at), 'finished_at', iso(u.finished_at),
  'totals', (SELECT json_build_object(${sums}) FROM scrape_source_result r WHERE r.run_id = u.id),
  'sources', (SELECT coalesce(json_agg(json_build_object(
      'source', r.source,
      'status', CASE WHEN r.finished_at IS NOT NULL THEN 'finished' WHEN r.started_at IS NOT NULL THEN 'running' ELSE 'queued' END,
      'outcome', r.outcome, ${own}, 'pages', r.pages, 'error', r.error,
      'duration_ms', round(extract(epoch FROM r.finished_at - r.started_at) * 1000)::int) ORDER BY r.source), '[]'::json)
    FROM scrape_source_result r WHERE r.run_id = u.id))`;

@Injectable()
export class RunRepository {
  async insert(
    tx: Tx,
    run: {
      id: string;
      trigger: RunTrigger;
      requestedBy: string | null;
      slot: Date | null;
      sources: readonly string[];
      now: Date;
    },
  ): Promise<boolean> {
    const inserted = await tx.query(
      'runs.insert',
      `INSERT INTO scrape_run (id, trigger, requested_by, slot, started_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT DO NOTHING RETURNING id`,
      [run.id, run.trigger, run.requestedBy, run.slot, run.now],
    );
    if (inserted.length === 0) return false;
    await tx.query(
      'runs.insert-sources',
      'INSERT INTO scrape_source_result (run_id, source) SELECT $1::uuid, unnest($2::text[])',
      [run.id, run.sources],
    );
    return true;
  }

  /** Null when there is nothing left to do. What an earlier attempt rejected is read again, so its count starts anew. */
  async startSource(database: Queryable, runId: string, source: string, now: Date): Promise<string | null | undefined> {
    const [row] = await database.query<{ requested_by: string | null }>(
      'runs.start-source',
      `UPDATE scrape_source_result r
       SET started_at = coalesce(r.started_at, $3::timestamptz), fetched = r.fetched - r.rejected, rejected = 0, pages = 0
       FROM scrape_run u
       WHERE r.run_id = $1::uuid AND r.source = $2 AND r.finished_at IS NULL AND u.id = r.run_id
       RETURNING u.requested_by`,
      [runId, source, now],
    );
    return row === undefined ? undefined : row.requested_by;
  }

  /** Progress, in the transaction that stores what it counts. */
  async addCounts(tx: Tx, runId: string, source: string, counts: Counts, pages: number): Promise<void> {
    await tx.query(
      'runs.add-counts',
      `UPDATE scrape_source_result SET ${COUNT_NAMES.map((name, index) => `${name} = ${name} + $${index + 4}::int`).join(', ')},
         pages = pages + $3::int
       WHERE run_id = $1::uuid AND source = $2`,
      [runId, source, pages, ...COUNT_NAMES.map((name) => counts[name])],
    );
  }

  /** The counts of the source, once; null when it was finished before. The run's row is locked until the commit. */
  async finishSource(
    tx: Tx,
    result: { runId: string; source: string; outcome: Outcome; error: string | null; now: Date },
  ): Promise<Counts | null> {
    // Two sources that end together must see each other, or neither would be the last.
    await tx.query('runs.lock', 'SELECT FROM scrape_run WHERE id = $1::uuid FOR UPDATE', [result.runId]);
    const [counts] = await tx.query<Counts>(
      'runs.finish-source',
      `UPDATE scrape_source_result SET outcome = $3, error = $4, finished_at = $5::timestamptz, started_at = coalesce(started_at, $5::timestamptz)
       WHERE run_id = $1::uuid AND source = $2 AND finished_at IS NULL
       RETURNING ${COUNT_NAMES.join(', ')}`,
      [result.runId, result.source, result.outcome, result.error, result.now],
    );
    return counts ?? null;
  }

  /** The totals, once: when the last source is through. */
  async finishRun(tx: Tx, runId: string, now: Date): Promise<Counts | null> {
    const [row] = await tx.query<{ totals: Counts }>(
      'runs.finish',
      `UPDATE scrape_run u SET finished_at = $2
       WHERE u.id = $1::uuid AND u.finished_at IS NULL
         AND NOT EXISTS (SELECT FROM scrape_source_result r WHERE r.run_id = u.id AND r.finished_at IS NULL)
       RETURNING (SELECT json_build_object(${sums}) FROM scrape_source_result r WHERE r.run_id = u.id) AS totals`,
      [runId, now],
    );
    return row?.totals ?? null;
  }

  /** Sources whose work went to the dead letters or was lost with its queue; without this their run would never end. */
  async abandonedSources(tx: Tx, startedBefore: Date): Promise<{ runId: string; source: string }[]> {
    return tx.query(
      'runs.abandoned',
      `SELECT r.run_id AS "runId", r.source FROM scrape_run u JOIN scrape_source_result r ON r.run_id = u.id
       WHERE u.finished_at IS NULL AND u.started_at < $1 AND r.finished_at IS NULL`,
      [startedBefore],
    );
  }

  async lastSlot(database: Queryable): Promise<Date | undefined> {
    const [row] = await database.query<{ slot: Date | null }>(
      'runs.last-slot',
      'SELECT max(slot) AS slot FROM scrape_run',
    );
    return row?.slot ?? undefined;
  }

  async get(database: Queryable, runId: string): Promise<ScrapeRun | null> {
    const [row] = await database.query<{ run: ScrapeRun }>(
      'runs.get',
      `SELECT ${RUN_JSON} AS run FROM scrape_run u WHERE u.id = $1::uuid`,
      [runId],
    );
    return row?.run ?? null;
  }

  async list(database: Queryable, page: number, perPage: number): Promise<string> {
    const [row] = await database.query<{ json: string }>(
      'runs.list',
      `SELECT json_build_object('total', t.n, 'page', $1::int, 'per_page', $2::int,
         'total_pages', ceil(t.n / $2::numeric)::int,
         'runs', coalesce((SELECT json_agg(${RUN_JSON} ORDER BY u.started_at DESC, u.id DESC)
           FROM (SELECT * FROM scrape_run ORDER BY started_at DESC, id DESC
                 LIMIT $2::int OFFSET ($1::int - 1) * $2::int) u), '[]'::json))::text AS json
       FROM (SELECT count(*)::int AS n FROM scrape_run) t`,
      [page, perPage],
    );
    return row?.json ?? '';
  }
}
