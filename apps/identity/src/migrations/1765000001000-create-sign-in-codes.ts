import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateSignInCodes1765000001000 implements MigrationInterface {
  name = 'CreateSignInCodes1765000001000';

  async up(runner: QueryRunner): Promise<void> {
    // Keyed hashes of address and code: the table says neither who asked nor what he was sent. One live code each.
    await runner.query(`
      CREATE TABLE sign_in_code (
        address_key bytea PRIMARY KEY,
        code_hash bytea NOT NULL,
        tries integer NOT NULL DEFAULT 0,
        expires_at timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX sign_in_code_expires ON sign_in_code (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sign_in_code');
  }
}
