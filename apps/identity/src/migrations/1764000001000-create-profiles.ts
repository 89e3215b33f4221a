import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateProfiles1764000001000 implements MigrationInterface {
  name = 'CreateProfiles1764000001000';

  async up(runner: QueryRunner): Promise<void> {
    // facts: read and written as a whole, shaped by the contract; a new field needs no migration.
    await runner.query(`
      CREATE TABLE profile (
        user_id uuid PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
        version integer NOT NULL DEFAULT 0,
        facts jsonb NOT NULL DEFAULT '{}',
        updated_at timestamptz NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE skill (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        name text NOT NULL,
        name_key text NOT NULL,
        proficiency text CHECK (proficiency IN ('beginner', 'intermediate', 'advanced', 'expert')),
        years double precision,
        is_verified boolean NOT NULL DEFAULT false,
        position integer NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        CONSTRAINT skill_user_name UNIQUE (user_id, name_key)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE skill');
    await runner.query('DROP TABLE profile');
  }
}
