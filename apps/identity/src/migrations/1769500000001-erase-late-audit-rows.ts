import type { MigrationInterface, QueryRunner } from 'typeorm';

export class EraseLateAuditRows1769500000001 implements MigrationInterface {
  name = 'EraseLateAuditRows1769500000001';

  /** What a request under way writes after the erasure is erased, too: the erasure may be complete by then. */
  async up(runner: QueryRunner): Promise<void> {
    await replace(runner, ['running', 'completed']);
  }

  async down(runner: QueryRunner): Promise<void> {
    await replace(runner, ['running']);
  }
}

/** Not plain SQL: the search path of a function that runs with its owner's rights must be its own. */
async function replace(runner: QueryRunner, statuses: readonly string[]): Promise<void> {
  const allowed = statuses.map((status) => `'${status}'`).join(', ');
  await runner.query(`
    DO $do$ BEGIN EXECUTE format($f$
      CREATE OR REPLACE FUNCTION erase_audit_chain(person uuid) RETURNS integer
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = %I, pg_temp AS $$
      DECLARE
        removed integer;
      BEGIN
        IF NOT EXISTS (SELECT FROM erasure WHERE user_id = person AND status IN (${allowed})) THEN
          RAISE EXCEPTION 'no erasure of this person is running' USING ERRCODE = 'insufficient_privilege';
        END IF;
        PERFORM set_config('audit_log.erased_chain', person::text, true);
        DELETE FROM audit_log WHERE chain = person;
        GET DIAGNOSTICS removed = ROW_COUNT;
        PERFORM set_config('audit_log.erased_chain', '', true);
        RETURN removed;
      END $$ $f$, current_schema()); END $do$`);
}
