import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateRuns1764000001000 implements MigrationInterface {
  name = 'CreateRuns1764000001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE scrape_run (
        id uuid PRIMARY KEY,
        trigger text NOT NULL,
        -- Who asked; progress is pushed to that person.
        requested_by uuid,
        -- Of a scheduled run: the slot it fired for, once.
        slot timestamptz UNIQUE,
        started_at timestamptz NOT NULL,
        finished_at timestamptz,
        CONSTRAINT scrape_run_trigger CHECK (trigger IN ('manual', 'schedule'))
      );
      -- list-runs.
      CREATE INDEX scrape_run_newest ON scrape_run (started_at DESC, id DESC);
      -- abandoned runs.
      CREATE INDEX scrape_run_open ON scrape_run (started_at) WHERE finished_at IS NULL;

      CREATE TABLE scrape_source_result (
        run_id uuid NOT NULL REFERENCES scrape_run (id) ON DELETE CASCADE,
        source text NOT NULL,
        outcome text,
        fetched integer NOT NULL DEFAULT 0,
        created integer NOT NULL DEFAULT 0,
        changed integer NOT NULL DEFAULT 0,
        duplicate_url integer NOT NULL DEFAULT 0,
        duplicate_fingerprint integer NOT NULL DEFAULT 0,
        duplicate_near integer NOT NULL DEFAULT 0,
        unchanged integer NOT NULL DEFAULT 0,
        rejected integer NOT NULL DEFAULT 0,
        with_visa_evidence integer NOT NULL DEFAULT 0,
        pages integer NOT NULL DEFAULT 0,
        error text,
        started_at timestamptz,
        finished_at timestamptz,
        PRIMARY KEY (run_id, source),
        CONSTRAINT scrape_source_result_outcome CHECK (outcome IN ('ok', 'unchanged', 'blocked', 'failed', 'disabled'))
      );

      CREATE TABLE source_state (
        name text PRIMARY KEY,
        -- What an admin decided; null leaves it to the configuration.
        enabled boolean,
        last_run_at timestamptz,
        last_success_at timestamptz,
        last_outcome text,
        last_error text,
        -- Set when a source asked us to wait or refused: not asked again before.
        blocked_until timestamptz,
        updated_at timestamptz NOT NULL
      );

      -- What conditional requests are made with.
      CREATE TABLE source_validator (
        source text NOT NULL,
        key text NOT NULL,
        etag text,
        last_modified text,
        PRIMARY KEY (source, key)
      );`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE source_validator, source_state, scrape_source_result, scrape_run;');
  }
}
