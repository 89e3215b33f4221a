import type { MigrationInterface, QueryRunner } from 'typeorm';

export class SealAuditLog1770000000000 implements MigrationInterface {
  name = 'SealAuditLog1770000000000';

  async up(runner: QueryRunner): Promise<void> {
    // 1: the hash of a row can be computed by anybody; 2: only with the key of the log.
    await runner.query('ALTER TABLE audit_log ADD COLUMN version smallint NOT NULL DEFAULT 1');
    // What is new, for the sealing, and what is old, for the cutting: a few kB, nearly free to keep.
    await runner.query('CREATE INDEX audit_log_time ON audit_log USING brin (occurred_at)');
    // How far the history of each person was when it was last sealed, and from where on it is kept. Under a keyed hash
    // of the person's id, so that it names nobody.
    await runner.query(`
      CREATE TABLE audit_head (
        tag bytea PRIMARY KEY,
        sequence bigint NOT NULL,
        hash bytea NOT NULL,
        cut_sequence bigint NOT NULL,
        cut_hash bytea NOT NULL,
        unkeyed_through bigint NOT NULL,
        mac bytea NOT NULL
      )`);
    // One row: the seal over all heads, and the key of the log, itself sealed with a field key.
    await runner.query(`
      CREATE TABLE audit_seal (
        id smallint PRIMARY KEY CHECK (id = 1),
        number bigint NOT NULL,
        sealed_at timestamptz NOT NULL,
        unkeyed_until timestamptz NOT NULL,
        heads bigint NOT NULL,
        sum bytea NOT NULL,
        mac bytea NOT NULL,
        key_sealed text NOT NULL
      )`);
    // Rows older than a month go by this function as well: what happened lately cannot be cut by anybody who has the
    // rights of the service.
    await runner.query(`
      CREATE OR REPLACE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'DELETE'
           AND (current_setting('audit_log.erased_chain', true) = OLD.chain::text
             OR (current_setting('audit_log.cut', true) = 'on' AND OLD.occurred_at < now() - interval '30 days'))
           AND current_user = (SELECT tableowner FROM pg_tables WHERE schemaname = TG_TABLE_SCHEMA AND tablename = TG_TABLE_NAME)
        THEN
          RETURN OLD;
        END IF;
        RAISE EXCEPTION 'audit_log is append-only' USING ERRCODE = 'insufficient_privilege';
      END $$`);
    // Not plain SQL: the search path of a function that runs with its owner's rights must be its own.
    await runner.query(`
      DO $do$ BEGIN EXECUTE format($f$
        CREATE FUNCTION cut_audit_log(chains uuid[], through bigint[]) RETURNS integer
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = %I, pg_temp AS $$
        DECLARE
          removed integer;
        BEGIN
          PERFORM set_config('audit_log.cut', 'on', true);
          DELETE FROM audit_log l USING unnest(chains, through) AS c(chain, sequence)
          WHERE l.chain = c.chain AND l.sequence <= c.sequence;
          GET DIAGNOSTICS removed = ROW_COUNT;
          PERFORM set_config('audit_log.cut', '', true);
          RETURN removed;
        END $$ $f$, current_schema()); END $do$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION cut_audit_log(uuid[], bigint[])');
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
    await runner.query('DROP TABLE audit_seal, audit_head');
    await runner.query('DROP INDEX audit_log_time');
    await runner.query('ALTER TABLE audit_log DROP COLUMN version');
  }
}
