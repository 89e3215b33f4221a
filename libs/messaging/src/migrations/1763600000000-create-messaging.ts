import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The tables every service has beside its own. Names are unqualified: the search path is the service's schema. */
export class CreateMessaging1763600000000 implements MigrationInterface {
  readonly name = 'CreateMessaging1763600000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE outbox (
        id uuid PRIMARY KEY,
        stream text NOT NULL,
        subject text NOT NULL,
        payload text NOT NULL,
        headers jsonb NOT NULL DEFAULT '{}',
        created_at timestamptz NOT NULL DEFAULT now(),
        -- Confirmed by the bus at this position. Empty again when the bus lost it.
        published_at timestamptz,
        sequence bigint,
        attempts integer NOT NULL DEFAULT 0,
        next_attempt_at timestamptz NOT NULL DEFAULT now(),
        last_error text
      ) WITH (
        -- Every row is updated once soon after its insert, and the relay reads only the few that are pending:
        -- vacuum by count of changes instead of by share of a week's rows.
        autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 50000,
        autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 20000,
        autovacuum_vacuum_cost_delay = 1
      )`);
    // The relay's batch: due first, in order of creation.
    await runner.query(`CREATE INDEX outbox_pending ON outbox (next_attempt_at, id) WHERE published_at IS NULL`);
    // Pruning, oldest first.
    await runner.query(`CREATE INDEX outbox_published ON outbox (published_at) WHERE published_at IS NOT NULL`);
    await runner.query(`
      CREATE TABLE inbox (
        consumer text NOT NULL,
        message_id uuid NOT NULL,
        processed_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (consumer, message_id)
      ) WITH (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 50000)`);
    // BRIN: rows arrive in time order, and pruning needs only the old end of a large table.
    await runner.query(`CREATE INDEX inbox_processed ON inbox USING brin (processed_at) WITH (pages_per_range = 16)`);
    await runner.query(`
      CREATE TABLE idempotency_keys (
        scope text NOT NULL,
        key text NOT NULL,
        request_hash bytea NOT NULL,
        response text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (scope, key)
      )`);
    await runner.query(`CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at)`);
    await runner.query(`
      CREATE TABLE dead_letters (
        id uuid PRIMARY KEY,
        consumer text NOT NULL,
        message_id text NOT NULL,
        stream text NOT NULL,
        subject text NOT NULL,
        envelope text NOT NULL,
        headers jsonb NOT NULL,
        reason text NOT NULL,
        attempts integer NOT NULL,
        failed_at timestamptz NOT NULL DEFAULT now(),
        replayed_at timestamptz
      )`);
    await runner.query(`CREATE INDEX dead_letters_open ON dead_letters (failed_at, id) WHERE replayed_at IS NULL`);
    await runner.query(`
      CREATE TABLE relay_ledger (
        stream text PRIMARY KEY,
        created text NOT NULL,
        max_acked_sequence bigint NOT NULL,
        -- Grows with every loss that was found, so that a relay that published before it does not mark after it.
        generation integer NOT NULL DEFAULT 0
      ) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['relay_ledger', 'dead_letters', 'idempotency_keys', 'inbox', 'outbox']) {
      await runner.query(`DROP TABLE ${table}`);
    }
  }
}
