import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateGenerations1764000000000 implements MigrationInterface {
  name = 'CreateGenerations1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    // Inputs are kept as they were when the request came: a letter can be explained after the profile has changed.
    await runner.query(`
      CREATE TABLE generation (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL,
        kind text NOT NULL,
        status text NOT NULL CHECK (status IN ('queued', 'running', 'succeeded', 'failed')),
        posting_id uuid,
        provider text NOT NULL,
        model text NOT NULL,
        request jsonb NOT NULL,
        profile jsonb NOT NULL,
        posting jsonb NOT NULL,
        error_code text,
        error_message text,
        created_at timestamptz NOT NULL,
        finished_at timestamptz
      )`);
    await runner.query('CREATE INDEX generation_user ON generation (user_id, id DESC)');
    await runner.query(`
      CREATE TABLE cover_letter (
        id uuid PRIMARY KEY REFERENCES generation (id) ON DELETE CASCADE,
        user_id uuid NOT NULL,
        posting_id uuid,
        content text NOT NULL,
        language text NOT NULL,
        tone text NOT NULL,
        length text NOT NULL,
        provider text NOT NULL,
        model text NOT NULL,
        tokens_used integer,
        cost_usd numeric(12, 6),
        generation_time_ms integer NOT NULL,
        grounding jsonb NOT NULL,
        edited boolean NOT NULL DEFAULT false,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX cover_letter_user ON cover_letter (user_id, id DESC)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE cover_letter');
    await runner.query('DROP TABLE generation');
  }
}
