import { Injectable } from '@nestjs/common';
import type { Queryable, Tx } from '#persistence';
import type { Validators } from '../sources/index.js';
import type { Outcome } from './run.repository.js';

export interface SourceState {
  name: string;
  enabled: boolean | null;
  lastRunAt: Date | null;
  lastSuccessAt: Date | null;
  lastOutcome: Outcome | null;
  lastError: string | null;
  blockedUntil: Date | null;
  postings: number;
}

@Injectable()
export class SourceStateRepository {
  async all(database: Queryable): Promise<Map<string, SourceState>> {
    const rows = await database.query<SourceState>(
      'sources.states',
      `SELECT coalesce(s.name, c.source) AS name, s.enabled, s.last_run_at AS "lastRunAt",
              s.last_success_at AS "lastSuccessAt", s.last_outcome AS "lastOutcome", s.last_error AS "lastError",
              s.blocked_until AS "blockedUntil", coalesce(c.postings, 0)::int AS postings
       FROM source_state s
       FULL JOIN (SELECT source, count(*) AS postings FROM sighting GROUP BY source) c ON c.source = s.name`,
    );
    return new Map(rows.map((row) => [row.name, row]));
  }

  async one(database: Queryable, name: string): Promise<Omit<SourceState, 'postings'> | null> {
    const [row] = await database.query<Omit<SourceState, 'postings'>>(
      'sources.state',
      `SELECT name, enabled, last_run_at AS "lastRunAt", last_success_at AS "lastSuccessAt",
              last_outcome AS "lastOutcome", last_error AS "lastError", blocked_until AS "blockedUntil"
       FROM source_state WHERE name = $1`,
      [name],
    );
    return row ?? null;
  }

  async setEnabled(tx: Tx, name: string, enabled: boolean, now: Date): Promise<void> {
    await tx.query(
      'sources.set-enabled',
      `INSERT INTO source_state (name, enabled, updated_at) VALUES ($1, $2, $3)
       ON CONFLICT (name) DO UPDATE SET enabled = excluded.enabled, updated_at = excluded.updated_at`,
      [name, enabled, now],
    );
  }

  async recordRun(
    tx: Tx,
    run: { name: string; outcome: Outcome; error: string | null; blockedUntil: Date | null; now: Date },
  ): Promise<void> {
    await tx.query(
      'sources.record-run',
      `INSERT INTO source_state AS s (name, last_run_at, last_success_at, last_outcome, last_error, blocked_until, updated_at)
       VALUES ($1, $5::timestamptz, CASE WHEN $2::text IN ('ok', 'unchanged') THEN $5::timestamptz END, $2, $3, $4, $5::timestamptz)
       ON CONFLICT (name) DO UPDATE SET
         last_run_at = excluded.last_run_at,
         last_success_at = coalesce(excluded.last_success_at, s.last_success_at),
         last_outcome = excluded.last_outcome, last_error = excluded.last_error,
         blocked_until = excluded.blocked_until, updated_at = excluded.updated_at`,
      [run.name, run.outcome, run.error, run.blockedUntil, run.now],
    );
  }

  /** What conditional requests of this source are made with, by key. */
  async validators(database: Queryable, source: string): Promise<Map<string, Validators>> {
    const rows = await database.query<{ key: string; etag: string | null; last_modified: string | null }>(
      'sources.validators',
      'SELECT key, etag, last_modified FROM source_validator WHERE source = $1',
      [source],
    );
    return new Map(
      rows.map((row) => [row.key, { etag: row.etag ?? undefined, lastModified: row.last_modified ?? undefined }]),
    );
  }

  /** With the page they came with: marked as known but never stored, its postings would be lost. */
  async saveValidators(
    tx: Tx,
    source: string,
    { key, etag, lastModified }: Validators & { key: string },
  ): Promise<void> {
    await tx.query(
      'sources.save-validators',
      `INSERT INTO source_validator (source, key, etag, last_modified) VALUES ($1, $2, $3, $4)
       ON CONFLICT (source, key) DO UPDATE SET etag = excluded.etag, last_modified = excluded.last_modified`,
      [source, key, etag ?? null, lastModified ?? null],
    );
  }
}
