import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateMyData1768000000100 implements MigrationInterface {
  name = 'CreateMyData1768000000100';

  async up(runner: QueryRunner): Promise<void> {
    // No reference to account: the certificate outlives it.
    await runner.query(`
      CREATE TABLE erasure (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL,
        status text NOT NULL CHECK (status IN ('scheduled', 'running', 'completed', 'undone')),
        requested_at timestamptz NOT NULL,
        due_at timestamptz NOT NULL,
        started_at timestamptz,
        completed_at timestamptz,
        -- SHA-256 of 256 random bits each, so a plain fast hash is enough.
        undo_hash bytea NOT NULL,
        certificate_hash bytea NOT NULL,
        -- Blocked before by an admin: undoing does not lift that.
        was_blocked boolean NOT NULL,
        -- Address and certificate secret for the last mail, encrypted; emptied in the commit that sends it.
        sealed_contact text,
        asked integer NOT NULL DEFAULT 0,
        next_ask_at timestamptz
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX erasure_open ON erasure (user_id) WHERE status IN ('scheduled', 'running')`,
    );
    // What is due: to begin, or to ask again.
    await runner.query(`CREATE INDEX erasure_due ON erasure (due_at) WHERE status = 'scheduled'`);
    await runner.query(`CREATE INDEX erasure_next_ask ON erasure (next_ask_at) WHERE status = 'running'`);
    await runner.query(`CREATE INDEX erasure_undo ON erasure (undo_hash)`);
    await runner.query(`
      CREATE TABLE erasure_answer (
        erasure_id uuid NOT NULL REFERENCES erasure (id) ON DELETE CASCADE,
        service text NOT NULL,
        answered_at timestamptz NOT NULL,
        tables jsonb NOT NULL,
        files integer NOT NULL,
        PRIMARY KEY (erasure_id, service)
      )`);

    await runner.query(`
      CREATE TABLE data_export (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL,
        status text NOT NULL CHECK (status IN ('collecting', 'assembling', 'ready', 'expired', 'failed')),
        requested_at timestamptz NOT NULL,
        ready_at timestamptz,
        expires_at timestamptz,
        file_id text,
        bytes bigint,
        asked integer NOT NULL DEFAULT 0,
        next_ask_at timestamptz
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX data_export_open ON data_export (user_id) WHERE status IN ('collecting', 'assembling')`,
    );
    await runner.query('CREATE INDEX data_export_user ON data_export (user_id, requested_at)');
    await runner.query(
      `CREATE INDEX data_export_next_ask ON data_export (next_ask_at) WHERE status IN ('collecting', 'assembling')`,
    );
    await runner.query(`CREATE INDEX data_export_expiry ON data_export (expires_at) WHERE status = 'ready'`);
    await runner.query(`
      CREATE TABLE data_export_answer (
        export_id uuid NOT NULL REFERENCES data_export (id) ON DELETE CASCADE,
        service text NOT NULL,
        answered_at timestamptz NOT NULL,
        records integer NOT NULL,
        files integer NOT NULL,
        PRIMARY KEY (export_id, service)
      )`);

    // audit_log stays append-only for everybody but this function, which runs as the owner of the table and works only
    // for a person whose erasure is running.
    await runner.query(`
      CREATE OR REPLACE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'DELETE' AND current_setting('audit_log.erased_chain', true) = OLD.chain::text
           AND current_user = (SELECT tableowner FROM pg_tables WHERE schemaname = TG_TABLE_SCHEMA AND tablename = TG_TABLE_NAME)
        THEN
          RETURN OLD;
        END IF;
        RAISE EXCEPTION 'audit_log is append-only' USING ERRCODE = 'insufficient_privilege';
      END $$`);
    // Not plain SQL: the search path of a function that runs with its owner's rights must be its own.
    await runner.query(`
      DO $do$ BEGIN EXECUTE format($f$
        CREATE FUNCTION erase_audit_chain(person uuid) RETURNS integer
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = %I, pg_temp AS $$
        DECLARE
          removed integer;
        BEGIN
          IF NOT EXISTS (SELECT FROM erasure WHERE user_id = person AND status = 'running') THEN
            RAISE EXCEPTION 'no erasure of this person is running' USING ERRCODE = 'insufficient_privilege';
          END IF;
          PERFORM set_config('audit_log.erased_chain', person::text, true);
          DELETE FROM audit_log WHERE chain = person;
          GET DIAGNOSTICS removed = ROW_COUNT;
          PERFORM set_config('audit_log.erased_chain', '', true);
          RETURN removed;
        END $$ $f$, current_schema()); END $do$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION erase_audit_chain(uuid)');
    await runner.query(`
      CREATE OR REPLACE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'audit_log is append-only' USING ERRCODE = 'insufficient_privilege';
      END $$`);
    await runner.query('DROP TABLE data_export_answer, data_export, erasure_answer, erasure');
  }
}
