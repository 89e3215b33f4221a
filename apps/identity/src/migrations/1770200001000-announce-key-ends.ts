import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AnnounceKeyEnds1770200001000 implements MigrationInterface {
  name = 'AnnounceKeyEnds1770200001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE api_key ADD COLUMN end_announced_at timestamptz');
    // Keys whose end is still to be announced, the next one first.
    await runner.query('CREATE INDEX api_key_end ON api_key (expires_at) WHERE end_announced_at IS NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX api_key_end');
    await runner.query('ALTER TABLE api_key DROP COLUMN end_announced_at');
  }
}
