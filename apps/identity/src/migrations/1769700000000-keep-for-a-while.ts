import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What retention.ts promises: an index behind every period. */
export class KeepForAWhile1769700000000 implements MigrationInterface {
  readonly name = 'KeepForAWhile1769700000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const index of INDEXES) await runner.query(`CREATE INDEX ${index}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const index of INDEXES) await runner.query(`DROP INDEX ${index.split(' ', 1)[0]}`);
  }
}

const INDEXES = [
  'session_idle ON session (last_seen_at) WHERE revoked_at IS NULL',
  'mail_token_expires ON mail_token (expires_at)',
  'released_slug_released ON released_slug (released_at)',
  'signing_key_retires ON signing_key (retires_at) WHERE retires_at IS NOT NULL',
  'data_export_requested ON data_export (requested_at)',
  `erasure_over ON erasure (coalesce(completed_at, requested_at)) WHERE status IN ('completed', 'undone')`,
] as const;
