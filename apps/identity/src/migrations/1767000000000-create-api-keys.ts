import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateApiKeys1767000000000 implements MigrationInterface {
  name = 'CreateApiKeys1767000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE api_key (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        name text NOT NULL,
        prefix text NOT NULL,
        hash bytea NOT NULL CONSTRAINT api_key_hash UNIQUE,
        scopes text[] NOT NULL CHECK (cardinality(scopes) > 0),
        expires_at timestamptz,
        last_used_at timestamptz,
        created_at timestamptz NOT NULL
      )`);
    // The list of one person, newest first.
    await runner.query('CREATE INDEX api_key_user ON api_key (user_id, id DESC)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE api_key');
  }
}
