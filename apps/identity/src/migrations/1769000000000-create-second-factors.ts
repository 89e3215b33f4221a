import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateSecondFactors1769000000000 implements MigrationInterface {
  name = 'CreateSecondFactors1769000000000';

  async up(runner: QueryRunner): Promise<void> {
    // Without `enabled_at` it waits for its first code and guards nothing. `last_used_step`: RFC 6238 5.2, a code is
    // good once.
    await runner.query(`
      CREATE TABLE totp_factor (
        user_id uuid PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
        secret_sealed text NOT NULL,
        created_at timestamptz NOT NULL,
        enabled_at timestamptz,
        last_used_step bigint,
        CONSTRAINT totp_factor_enabled_by_code CHECK (enabled_at IS NULL OR last_used_step IS NOT NULL)
      )`);
    await runner.query('CREATE INDEX totp_factor_pending ON totp_factor (created_at) WHERE enabled_at IS NULL');

    await runner.query(`
      CREATE TABLE recovery_code (
        user_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        code_hash bytea NOT NULL,
        created_at timestamptz NOT NULL,
        used_at timestamptz,
        PRIMARY KEY (user_id, code_hash)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['recovery_code', 'totp_factor']) await runner.query(`DROP TABLE ${table}`);
  }
}
