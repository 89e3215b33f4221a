import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateUserData1768000000000 implements MigrationInterface {
  readonly name = 'CreateUserData1768000000000';

  async up(runner: QueryRunner): Promise<void> {
    // Who was erased here: messages about him that come late are dropped. A random id and nothing else of a person.
    await runner.query(`
      CREATE TABLE erased_user (
        user_id uuid PRIMARY KEY,
        request_id uuid NOT NULL,
        erased_at timestamptz NOT NULL DEFAULT now(),
        -- What the certificate says: [{table, how, rows}], and files; added up when asked again.
        tables jsonb NOT NULL DEFAULT '[]',
        files integer NOT NULL DEFAULT 0
      )`);
    // Rows that were written while the erasure ran.
    await runner.query('CREATE INDEX erased_user_newest ON erased_user (erased_at)');
    // The part of an export that waits to be fetched: [{name, area, file_id, bytes, temporary}].
    await runner.query(`
      CREATE TABLE user_data_part (
        request_id uuid PRIMARY KEY,
        user_id uuid NOT NULL,
        entries jsonb NOT NULL,
        expires_at timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX user_data_part_user ON user_data_part (user_id)');
    await runner.query('CREATE INDEX user_data_part_expiry ON user_data_part (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE user_data_part, erased_user');
  }
}
