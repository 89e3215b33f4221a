import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAuditLog1764000002000 implements MigrationInterface {
  name = 'CreateAuditLog1764000002000';

  async up(runner: QueryRunner): Promise<void> {
    // One hash chain per person (all zeros: nobody known), so that writing never waits for other people's rows.
    await runner.query(`
      CREATE TABLE audit_log (
        chain uuid NOT NULL,
        sequence bigint NOT NULL,
        id uuid NOT NULL UNIQUE,
        user_id uuid,
        actor_id uuid,
        action text NOT NULL,
        address text,
        user_agent text,
        detail jsonb NOT NULL,
        occurred_at timestamptz NOT NULL,
        hash bytea NOT NULL,
        PRIMARY KEY (chain, sequence)
      )`);
    // The service's role owns neither table nor trigger, so it cannot switch this off.
    await runner.query(`
      CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'audit_log is append-only' USING ERRCODE = 'insufficient_privilege';
      END $$`);
    await runner.query(`
      CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log
      FOR EACH ROW EXECUTE FUNCTION audit_log_is_append_only()`);
    await runner.query(`
      CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit_log
      FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_log');
    await runner.query('DROP FUNCTION audit_log_is_append_only');
  }
}
