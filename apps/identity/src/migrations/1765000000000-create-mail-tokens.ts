import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateMailTokens1765000000000 implements MigrationInterface {
  name = 'CreateMailTokens1765000000000';

  async up(runner: QueryRunner): Promise<void> {
    // token_hash: SHA-256 of 256 random bits. One of a purpose per account: a new letter makes the old one worthless.
    await runner.query(`
      CREATE TABLE mail_token (
        token_hash bytea PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        purpose text NOT NULL CHECK (purpose IN ('verify_email', 'reset_password', 'change_email')),
        email citext NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        CONSTRAINT mail_token_user_purpose UNIQUE (user_id, purpose)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE mail_token');
  }
}
